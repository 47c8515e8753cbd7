#include "core/delta/difference_op.h"

namespace dunlin {

DifferenceOps without_short_copies(const DifferenceOps& ops, std::uint32_t length_min) {
  DifferenceOps kept;
  std::uint64_t position = 0;
  std::uint64_t shift = 0;  // of the last copy kept; modulo 2^64
  for (const DifferenceOp& op : ops) {
    const bool is_kept = op.copy_length >= length_min || op.base_offset - position == shift;
    if (is_kept || kept.empty())
      kept.push_back(is_kept ? op : DifferenceOp{0, 0, op.copy_length + op.literal_length});
    else
      kept.back().literal_length += op.copy_length + op.literal_length;
    if (is_kept && op.copy_length > 0) shift = op.base_offset - position;
    position += std::uint64_t{op.copy_length} + op.literal_length;
  }
  return kept;
}

}  // namespace dunlin
