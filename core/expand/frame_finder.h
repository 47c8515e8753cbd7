#pragma once
#include "core/base/byte_range.h"
#include "core/base/byte_source.h"
#include "core/expand/finder.h"
#include "core/expand/found_run.h"

namespace dunlin {

// Frames of compressed content (zstd, legacy lz4, gzip, xz), wherever their first bytes stand in `ranges`
// (ascending, without overlaps) and however far they reach: each decodes to its end, is at least
// found_frame_min bytes long when packed and holds at most found_frame_plain_max. Small ones are not worth
// their place in a map. Time is bounded: decoding gives out at most found_decode_share times the ranges.
// Fails as ByteSource::read does, or with cancelled.
Result<std::vector<FoundRun>> find_frames(const ByteSource& space, const std::vector<ByteRange>& ranges,
                                          const FindOptions& options);

inline constexpr std::uint64_t found_frame_min = 64u << 10;
inline constexpr std::uint64_t found_frame_plain_max = std::uint64_t{1} << 30;
inline constexpr std::uint64_t found_decode_share = 16;

}  // namespace dunlin
