#pragma once
#include "core/content/reuse_plan.h"

namespace dunlin {

// Builds segments from local images as a ReusePlan says, and compares each with its SHA-256. Holds one
// segment. One thread at a time.
class SegmentBuilder {
 public:
  // `booted` is null when it cannot be read. Both outlive the builder.
  SegmentBuilder(const ByteSource* booted, const ByteSource& spare) : booted_(booted), spare_(spare) {}

  // The bytes stay valid until the next call. bad_image: they are not the segment's any more (the slot was
  // mounted writable, the plan is older than the slot); else as ByteSource::read.
  Result<ByteView> build(const Segment& segment, const std::vector<LocalCopy>& copies);

 private:
  const ByteSource* booted_;
  const ByteSource& spare_;
  Bytes buffer_;
};

}  // namespace dunlin
