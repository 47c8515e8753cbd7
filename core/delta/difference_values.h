#pragma once
#include "core/base/bytes.h"
#include "core/delta/difference_op.h"

namespace dunlin {

// Where copies differ from their base, sparsely: over all copies of a segment, one after another, how many
// bytes are equal, how many then differ, and by how much.
struct DifferenceValues {
  Bytes gaps;    // varints: equal bytes before each run
  Bytes runs;    // varints: differing bytes of each run, less 1
  Bytes values;  // target - base, modulo 256
};

// `copied` is the segment with base bytes where its ops copy.
DifferenceValues differences_of(ByteView target, ByteView copied, const DifferenceOps& ops);

// Adds the differences to the copies in `out`. Total; bad_image: runs that reach past the last copy, values
// that do not add up.
Result<void> add_differences(const DifferenceValues& differences, const DifferenceOps& ops, ByteSpan out);

}  // namespace dunlin
