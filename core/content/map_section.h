#pragma once
#include "core/base/bytes.h"
#include "core/expand/expand_map.h"

namespace dunlin {

// docs/pack-format.md, "Map sections": an ExpandMap as a pack carries it.

inline constexpr std::size_t map_run_count_max = 1u << 17;  // packed runs of all layers of one map
inline constexpr std::size_t map_packing_count_max = 32;    // of one layer

// Raw runs are written as gaps between packed ones, so that neighbouring raw runs come back as one. The map
// has 1 to expand_layers_max layers and obeys the limits above.
Bytes write_map_section(const ExpandMap& map);

// Total. The map fits an image of `packed_size` bytes, every layer fits the one before, no packed run is
// empty on either side. Kinds and parameters may be unknown to this program: it reads the map, and says so
// when it must open or close something. bad_image: which rule is broken.
Result<ExpandMap> parse_map_section(ByteView section, std::uint64_t packed_size);

}  // namespace dunlin
