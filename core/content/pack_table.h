#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/byte_source.h"

namespace dunlin {

enum class SegmentEncoding : std::uint8_t {
  copy = 0,   // bytes of the base image at base_ranges[0], no frame
  zero = 1,   // no frame
  plain = 2,  // a zstd frame; base_ranges, when present, are its raw prefix
};

// A run of bytes of the base image.
struct BaseRange {
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
};

// One run of target bytes that decodes on its own: at most segment_size_max bytes, base ranges at most
// base_ranges_size_max bytes together.
struct Segment {
  std::uint64_t target_offset = 0;
  std::uint32_t target_length = 0;
  Digest digest;  // SHA-256 of the decoded bytes
  SegmentEncoding encoding = SegmentEncoding::zero;
  std::uint64_t frame_offset = 0;  // from the start of the pack; 0 when there is no frame
  std::uint32_t frame_length = 0;
  std::uint32_t frame_check = 0;  // first 4 bytes of the frame's SHA-256: tells a bad frame from a bad base
  std::vector<BaseRange> base_ranges;
};

inline constexpr std::uint32_t segment_size_max = 4u << 20;
inline constexpr std::uint32_t base_ranges_size_max = 8u << 20;
inline constexpr std::uint32_t base_range_count_max = 512;                  // of one segment
inline constexpr std::uint32_t base_range_total_max = 1u << 20;             // of one pack
inline constexpr std::uint32_t segment_count_max = 1u << 18;                // of one pack
inline constexpr std::uint32_t frame_size_max = segment_size_max + 65536u;  // zstd's worst case is 0.4 % more

// Everything a pack says about its target. Segments are in target order, without gaps or overlaps, and so are
// frames.
struct PackTable {
  Digest target_id;  // SHA-256 of the whole target image
  std::uint64_t target_size = 0;
  std::optional<Digest> base_id;  // none: a full pack
  std::uint64_t base_size = 0;
  std::uint64_t frames_offset = 0;  // the table ends and the frames begin here
  std::vector<Segment> segments;
};

// How many bytes from the start of a pack hold its header and table. `start` needs pack_header_size bytes.
inline constexpr std::size_t pack_header_size = 160;
Result<std::uint64_t> pack_table_end(ByteView start);

// Total parser for untrusted bytes: everything is bounded and checked (order, ranges, sizes, encodings, base
// presence). Fails with bad_image and says which rule was broken. `pack` may still be incomplete beyond the
// table.
Result<PackTable> parse_pack_table(const ByteSource& pack);

}  // namespace dunlin
