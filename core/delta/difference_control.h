#pragma once
#include "core/base/bytes.h"
#include "core/delta/difference_op.h"

namespace dunlin {

// The control stream of a difference frame: the ops, range-coded (docs/pack-format.md, "Steps").

// `expected`: where the segment's first byte is expected in the base.
Bytes write_difference_control(const DifferenceOps& ops, std::uint64_t expected);

// Total. bad_image: cut short or too long, more than difference_op_count_max ops, an op without bytes,
// lengths that do not add up to `size`, a copy outside the base.
Result<DifferenceOps> read_difference_control(ByteView control, std::uint64_t expected, std::uint64_t size,
                                              std::uint64_t base_size);

}  // namespace dunlin
