#pragma once
#include "core/content/pack_table.h"
#include "core/encode/base_index.h"

namespace dunlin {

// Where in the base lies what probably resembles a segment: ranges, ascending, at most base_ranges_size_max
// together. `expected` is where the segment would lie in an unchanged base; what is around there always comes
// first. Pure function of its arguments.
std::vector<BaseRange> match_base(ByteView segment, std::uint64_t expected, const BaseIndex& index);

}  // namespace dunlin
