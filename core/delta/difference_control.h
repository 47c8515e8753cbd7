#pragma once
#include "core/base/bytes.h"
#include "core/delta/difference_op.h"

namespace dunlin {

// The control stream of a difference frame: the ops as columns of varints (docs/pack-format.md).

// `expected`: where the first copy is expected in the base.
Bytes write_difference_control(const DifferenceOps& ops, std::uint64_t expected);

// Total. bad_image: malformed, more than difference_op_count_max ops, an op without bytes, lengths that do
// not add up to `size`, a copy outside the base.
Result<DifferenceOps> read_difference_control(ByteView control, std::uint64_t expected, std::uint64_t size,
                                              std::uint64_t base_size);

// No control stream of a segment of `size` bytes is longer.
std::uint64_t difference_control_max(std::uint64_t size);

}  // namespace dunlin
