#pragma once
#include "core/expand/expand_map.h"

namespace dunlin {

// The packings that may have made a run, the likeliest first, when a finder guessed `found`. Parameters that
// the packed bytes tell (flags) stay; levels are tried. `found` is always among them.
std::vector<Packing> likely_packings(const Packing& found);

}  // namespace dunlin
