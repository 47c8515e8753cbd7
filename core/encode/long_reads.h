#pragma once
#include "core/delta/difference_op.h"
#include "core/encode/search_base.h"

namespace dunlin {

// Long opened content (an initrd, a kernel) that a segment refers to is decoded from its start by a device,
// which keeps its window while it does.

// The long stretch that most bytes are copied from; none when no step refers to any.
std::optional<std::size_t> long_read(const SearchBase& base, const DifferenceOps& ops);

// The same segment without copies from other long stretches than that one: these become literals.
DifferenceOps with_one_long_read(const SearchBase& base, const DifferenceOps& ops);

}  // namespace dunlin
