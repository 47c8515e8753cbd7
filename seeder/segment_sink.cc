#include "seeder/segment_sink.h"

namespace dunlin {

Result<void> SegmentSink::put(std::uint64_t offset, ByteView bytes) {
  Result<void> before = drain();
  if (!before) return before;
  held_.assign(bytes.begin(), bytes.end());
  under_way_ = std::async(std::launch::async, [this, offset] {
    digest_.add(held_);
    return output_.write(offset, held_);
  });
  return {};
}

Result<void> SegmentSink::drain() {
  return under_way_.valid() ? under_way_.get() : Result<void>{};
}

}  // namespace dunlin
