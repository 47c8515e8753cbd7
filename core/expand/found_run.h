#pragma once
#include "core/expand/expand_map.h"

namespace dunlin {

// Compressed content that a finder saw in a space (an image, or the plain side of a layer).
struct FoundRun {
  std::uint64_t packed_begin = 0;
  std::uint64_t packed_length = 0;
  std::uint64_t plain_length = 0;
  Packing packing;  // a guess
  bool operator==(const FoundRun&) const = default;
};

// The layer of what was found in a space of `packed_size` bytes. Total: what is empty, outside, or overlaps
// an earlier run (smaller packed_begin, then longer) is left out.
ExpandLayer layer_of(std::vector<FoundRun> found, std::uint64_t packed_size);

// The packed runs of a layer as a finder would have told them.
std::vector<FoundRun> found_in(const ExpandLayer& layer);

}  // namespace dunlin
