#include "core/content/segment_builder.h"

namespace dunlin {

Result<ByteView> SegmentBuilder::build(const Segment& segment, const std::vector<LocalCopy>& copies) {
  buffer_.resize(segment.target_length);
  std::size_t done = 0;
  for (const LocalCopy& copy : copies) {
    const ByteSource* source = copy.image == LocalImage::booted ? booted_ : &spare_;
    if (source == nullptr || copy.length > buffer_.size() - done)
      return fail(ErrorKind::bad_image, "the plan for its local bytes does not fit");
    Result<void> read = source->read(copy.offset, ByteSpan(buffer_).subspan(done, copy.length));
    if (!read) return fail(std::move(read.error()), "reading local bytes");
    done += copy.length;
  }
  if (done != buffer_.size() || sha256(buffer_) != segment.digest)
    return fail(ErrorKind::bad_image, "its local bytes are not what they were when they were indexed");
  return ByteView(buffer_);
}

}  // namespace dunlin
