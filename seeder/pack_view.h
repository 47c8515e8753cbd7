#pragma once
#include "seeder/pack_summary.h"

namespace dunlin {

// What a device that holds some image fetches of a full pack made for another one.
struct ChunkReuse {
  std::uint64_t fetch_bytes = 0;    // header, table with its index, and the frames that it cannot do without
  std::uint64_t content_bytes = 0;  // of the image, besides zeros
  std::uint64_t reused_bytes = 0;   // of these, built from chunks of the image it holds
};

// All that `pack inspect` knows of a pack.
struct PackReport {
  std::string name;
  PackHeader header;
  PackSummary summary;
  std::string codecs;
  std::optional<ChunkReuse> reuse;
};

inline constexpr std::size_t pack_map_columns = 64;
inline constexpr std::size_t pack_map_rows_max = 16;

// What `pack inspect` prints: identity, a table by kind, a map of the image. At most 80 columns, UTF-8.
std::string to_text(const PackReport& report);
// The same for programs; the map's cells are characters of ".=~1234".
std::string to_json(const PackReport& report);

}  // namespace dunlin
