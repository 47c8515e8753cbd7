#pragma once
#include "core/expand/contractor.h"
#include "core/expand/run_index.h"

namespace dunlin {

// The last position at or before `plain` (of the outermost layer) where no layer's packed run is cut.
// `layers`: from the image outwards.
ExpandPosition last_clean_position(const std::vector<const RunIndex*>& layers, std::uint64_t plain);

}  // namespace dunlin
