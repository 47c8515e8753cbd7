#pragma once
#include "core/base/byte_range.h"
#include "core/encode/base_index.h"

namespace dunlin {

// What of a target a segment of a full pack is compressed with: the bytes right in front of it, and pages
// further in front that resemble it. As Segment::target_ranges wants it; empty at the target's front. `index`
// is the target's own. Pure function of its arguments.
std::vector<ByteRange> match_earlier(ByteView segment, std::uint64_t offset, const BaseIndex& index);

}  // namespace dunlin
