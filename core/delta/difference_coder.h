#pragma once
#include "core/base/bytes.h"
#include "core/delta/difference_op.h"

namespace dunlin {

// Where copies differ from their base, and how: what programs do when they are built anew is foreseen, the
// rest is said (docs/pack-format.md, "Differences").

// Two range-coded streams.
struct CodedDifferences {
  Bytes places;   // how far it is from change to change
  Bytes changes;  // everything else
};
struct CodedDifferencesView {
  ByteView places;
  ByteView changes;
};

// `copied` is the segment with base bytes where its ops copy, and the target's elsewhere; it becomes the
// target. Deterministic.
CodedDifferences code_differences(ByteView target, const DifferenceOps& ops, ByteSpan copied);

// Total: turns `copied` into the target; bad_image when the streams are cut short or too long.
Result<void> decode_differences(CodedDifferencesView coded, const DifferenceOps& ops, ByteSpan copied);

}  // namespace dunlin
