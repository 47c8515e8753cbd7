#include "seeder/segment_sink.h"

namespace dunlin {

Result<void> SegmentSink::put(std::uint64_t offset, ByteView bytes) {
  Result<void> before = wait();
  if (!before) return before;
  held_.assign(bytes.begin(), bytes.end());
  under_way_ = std::async(std::launch::async, [this, offset] {
    digest_.add(held_);
    return output_.write(offset, held_);
  });
  return {};
}

Result<void> SegmentSink::drain() {
  Result<void> written = wait();
  held_ = Bytes();  // gives its memory back; clear() would keep it
  return written;
}

Result<void> SegmentSink::wait() {
  return under_way_.valid() ? under_way_.get() : Result<void>{};
}

}  // namespace dunlin
