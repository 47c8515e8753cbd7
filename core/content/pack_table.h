#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/byte_range.h"
#include "core/base/byte_source.h"
#include "core/expand/expand_map.h"

namespace dunlin {

enum class SegmentEncoding : std::uint8_t {
  copy = 0,        // bytes of the base at base_ranges[0], no frame
  zero = 1,        // no frame
  plain = 2,       // a zstd frame; base_ranges, when present, are its raw prefix
  difference = 3,  // core/delta/difference_frame.h; the frame says where it reads the base
  earlier = 4,     // a zstd frame; target_ranges are its raw prefix. In full packs only
};

// A run of bytes of the base. Its addresses are the base image's and, in packs with a base map, behind its
// end those of its opened form (BaseSpace).
struct BaseRange {
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
};

// One run of target bytes that decodes on its own: at most segment_size_max bytes, base ranges at most
// base_ranges_size_max bytes together. In packs with a target map it decodes to plain bytes, and the target
// bytes are what closing those gives out: more, fewer or none.
struct Segment {
  std::uint64_t target_offset = 0;
  std::uint32_t target_length = 0;
  Digest digest;  // SHA-256 of the target bytes
  SegmentEncoding encoding = SegmentEncoding::zero;
  std::uint64_t frame_offset = 0;  // from the start of the pack; 0 when there is no frame
  std::uint32_t frame_length = 0;
  std::uint32_t frame_check = 0;  // check_of the frame: tells a bad frame from a bad base
  std::vector<BaseRange> base_ranges;
  std::vector<ByteRange> target_ranges;  // bytes of the target in front of the segment, ascending
  std::uint64_t plain_offset = 0;        // these two are the target's when the pack has no target map
  std::uint32_t plain_length = 0;
  std::uint32_t plain_check = 0;  // check_of the plain bytes of segments with opened content: tells a bad
                                  // base from a codec that closes otherwise; else 0
};

// The first 4 bytes of the SHA-256.
std::uint32_t check_of(ByteView bytes);

inline constexpr std::uint32_t segment_size_max = 4u << 20;         // of plain bytes
inline constexpr std::uint32_t segment_closed_size_max = 8u << 20;  // of target bytes in opened content
inline constexpr std::uint32_t base_ranges_size_max = 8u << 20;
inline constexpr std::uint32_t base_range_count_max = 512;         // of one segment
inline constexpr std::uint32_t base_range_total_max = 1u << 20;    // of one pack
inline constexpr std::uint32_t target_range_total_max = 1u << 20;  // of one pack
inline constexpr std::uint32_t target_ranges_size_max = 8u << 20;  // of one segment
inline constexpr std::uint32_t target_range_count_max = 512;       // of one segment
inline constexpr std::uint32_t target_range_unit = 4096;  // all begin and end at multiples of it, but the one
                                                          // that ends where the segment begins
inline constexpr std::uint32_t segment_count_max = 1u << 18;                // of one pack
inline constexpr std::uint32_t frame_size_max = segment_size_max + 65536u;  // zstd's worst case is 0.4 % more

// Everything a pack says about its target. Segments are in target order, without gaps or overlaps, on the
// target's and on the plain side; so are frames.
struct PackTable {
  Digest target_id;  // SHA-256 of the whole target image
  std::uint64_t target_size = 0;
  std::optional<Digest> base_id;  // none: a full pack
  std::uint64_t base_size = 0;
  std::uint64_t frames_offset = 0;  // the table ends and the frames begin here
  std::vector<Segment> segments;
  ExpandMap base_map;    // no layers: the base is not opened
  ExpandMap target_map;  // no layers: the target is not opened
  std::string codecs;    // for people: what proved the target map, "libzstd 1.5.4"; may be empty
};

// Where the first step of a difference segment is expected, as both sides know it without its frame: where
// the segment lies itself, in the opened base when there is one.
std::uint64_t expected_base_offset(std::uint64_t base_size, const ExpandMap& base_map,
                                   std::uint64_t plain_offset);

// How many bytes from the start of a pack hold its header and table. `start` needs pack_header_size bytes.
inline constexpr std::size_t pack_header_size = 160;
Result<std::uint64_t> pack_table_end(ByteView start);

// Total parser for untrusted bytes: everything is bounded and checked (order, ranges, sizes, encodings, base
// presence). Fails with bad_image and says which rule was broken. `pack` may still be incomplete beyond the
// table.
Result<PackTable> parse_pack_table(const ByteSource& pack);

}  // namespace dunlin
