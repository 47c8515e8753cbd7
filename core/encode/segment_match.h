#pragma once
#include "core/encode/encode_options.h"
#include "core/encode/search_base.h"
#include "core/encode/segment_plan.h"

namespace dunlin {

// A delta's target, cut into segments, and the base that it is searched in.
struct DeltaCut {
  const PlainImage& target;
  const SearchBase& base;
  const std::vector<LayoutRun>& layout;
  const std::vector<PlannedSegment>& plan;
};

// Whether a segment may refer to long opened content of the base.
bool may_read_long(const DeltaCut& cut, const PlannedSegment& segment);

// What the layout says of a segment: copies of what the base image has, literals between them.
DifferenceOps known_ops(const DeltaCut& cut, const PlannedSegment& segment);

// Where a segment's first byte would lie in an unchanged base.
std::uint64_t expected_in(const SearchBase& base, const PlannedSegment& segment);

// The steps of every data segment, in plan order; none for the others. Only segments with long opened content
// refer to long opened content, each to one stretch of it: for each such segment, a device decodes it again,
// and for each such stretch it takes memory. Fails as reading does; cancelled.
Result<std::vector<DifferenceOps>> match_segments(const DeltaCut& cut, const EncodeOptions& options);

}  // namespace dunlin
