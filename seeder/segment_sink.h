#pragma once
#include <future>

#include "core/base/digest.h"
#include "seeder/image_output.h"

namespace dunlin {

// Hashes and writes an image's segments, in order, while the caller makes the next one. Holds one segment.
class SegmentSink {
 public:
  // Both outlive the sink and are the sink's while a segment is under way.
  SegmentSink(ImageOutput& output, Sha256& digest) : output_(output), digest_(digest) {}

  // Takes a copy of the bytes and returns once the segment before is written. Fails as writing that did.
  Result<void> put(std::uint64_t offset, ByteView bytes);
  // Returns once all is written, and holds nothing then. Fails as writing did.
  Result<void> drain();

 private:
  Result<void> wait();

  ImageOutput& output_;
  Sha256& digest_;
  Bytes held_;
  std::future<Result<void>> under_way_;  // waits in its destructor
};

}  // namespace dunlin
