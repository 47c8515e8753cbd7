#pragma once
#include "core/content/base_index.h"
#include "core/content/pack_table.h"

namespace dunlin {

// Where parts of one target segment probably lie in the base.
struct BaseMatch {
  // Ranges likely to help, ascending, at most base_ranges_size_max together; always near the same offset
  // first.
  std::vector<BaseRange> ranges;
  // When most of the segment seems to lie in one piece: where that piece would begin in the base.
  std::optional<std::uint64_t> whole_at;
  // Share of the segment's fingerprints that the base has, 0..1.
  double familiar = 0;
};

// Pure function of the segment's bytes and the index.
BaseMatch match_base(ByteView segment, std::uint64_t target_offset, const BaseIndex& index,
                     std::uint64_t base_size);

}  // namespace dunlin
