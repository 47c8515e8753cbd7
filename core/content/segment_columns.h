#pragma once
#include "core/content/map_outline.h"
#include "core/content/pack_header.h"

namespace dunlin {

// What the rest of a pack says about its segments.
struct SegmentBounds {
  const PackHeader& header;
  const MapOutline& target_outline;
  bool target_is_opened = false;
  std::uint64_t plain_size = 0;  // of the target
  std::uint64_t base_end = 0;    // base addresses end here
};

// Reads the section "segments" (docs/pack-format.md). Total: bad_image says which rule is broken.
Result<std::vector<Segment>> read_segment_columns(ByteView section, const SegmentBounds& bounds);

}  // namespace dunlin
