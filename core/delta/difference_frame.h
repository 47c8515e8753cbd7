#pragma once
#include "core/base/byte_source.h"
#include "core/delta/difference_op.h"

namespace dunlin {

// The frame of a difference segment: steps, literals and differences, each compressed for itself
// (docs/pack-format.md, "Difference frames").

// Deterministic for given arguments and codec versions. Fails as ByteSource::read does; device: no memory.
// `expected` is where the first op is expected in the base: the closer, the shorter.
Result<Bytes> write_difference_frame(ByteView target, const DifferenceOps& ops, const ByteSource& base,
                                     std::uint64_t expected, int level);

// Total: any frame gives exactly out.size() bytes or bad_image, in bounded time, with at most about 3 times
// out.size() and 2 MiB of memory, and reads at most out.size() bytes of the base, from low offsets to high,
// none twice.
Result<void> apply_difference_frame(ByteView frame, const ByteSource& base, std::uint64_t expected,
                                    ByteSpan out);

}  // namespace dunlin
