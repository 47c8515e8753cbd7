#pragma once
#include <cstdint>
#include <vector>

namespace dunlin {

// One step of rebuilding a segment: `copy_length` bytes resemble the base at `base_offset` (most differences
// are zero), then `literal_length` bytes come from nowhere.
struct DifferenceOp {
  std::uint64_t base_offset = 0;  // meaningless when copy_length is 0
  std::uint32_t copy_length = 0;
  std::uint32_t literal_length = 0;
  bool operator==(const DifferenceOp&) const = default;
};

// In segment order; the lengths add up to the segment.
using DifferenceOps = std::vector<DifferenceOp>;

// The same segment with copies of fewer than `length_min` bytes as literals, but for those that go on where
// the copy before would be.
DifferenceOps without_short_copies(const DifferenceOps& ops, std::uint32_t length_min);

inline constexpr std::uint32_t difference_op_count_max = 1u << 18;  // of one segment

}  // namespace dunlin
