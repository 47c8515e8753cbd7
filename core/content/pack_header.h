#pragma once
#include <array>
#include <optional>

#include "core/content/pack_table.h"

namespace dunlin {

// The first pack_header_size bytes of a pack.
struct PackHeader {
  Digest target_id;
  std::uint64_t target_size = 0;
  std::optional<Digest> base_id;
  std::uint64_t base_size = 0;
  bool has_differences = false;  // these two need a base
  bool is_expanded = false;
  bool has_earlier = false;  // only without a base: segments refer to the target before them
  std::uint64_t pack_size = 0;
  std::uint32_t table_length = 0;          // compressed; the table follows the header
  std::uint32_t table_decoded_length = 0;  // at most pack_table_size_max, as is table_length
  Digest table_digest;                     // SHA-256 of the compressed table

  std::uint64_t table_end() const { return pack_header_size + std::uint64_t{table_length}; }
};

std::array<std::uint8_t, pack_header_size> to_bytes(const PackHeader& header);

// Total parser; bytes after the header are ignored. bad_image: not a pack, another version, an unknown
// required feature, a flipped bit.
Result<PackHeader> parse_pack_header(ByteView bytes);

}  // namespace dunlin
