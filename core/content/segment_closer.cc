#include "core/content/segment_closer.h"

#include <algorithm>

namespace dunlin {

namespace {

// What a codec holds beside its input stays small when the input comes in small slices.
constexpr std::size_t feed_size = 256u << 10;

}  // namespace

bool SegmentCloser::stands_before(const Segment& segment) const {
  return contractor_ &&
         contractor_->position() == ExpandPosition{segment.target_offset, segment.plain_offset};
}

void SegmentCloser::stand_clean_before(const Segment& segment) {
  const ExpandPosition clean = outline_.clean_before(segment.plain_offset);
  if (contractor_ && contractor_->position() == clean) return;
  contractor_.emplace(map_);
  contractor_->seek(clean);
}

bool SegmentCloser::replay(const ByteSource& image, const Segment& segment) {
  Result<void> replayed = contractor_->replay(image, segment.target_offset);
  const ExpandPosition at = contractor_->position();
  if (replayed && at.plain <= segment.plain_offset && at.packed <= segment.target_offset) return true;
  contractor_.reset();
  return false;
}

Result<void> SegmentCloser::skip(ByteView plain) {
  return feed(plain, [](ByteView) { return Result<void>(); });
}

Result<ByteView> SegmentCloser::close(const Segment& segment, ByteView plain) {
  closed_.clear();
  closed_.reserve(segment.target_length);
  Result<void> fed = feed(plain, [this, &segment](ByteView packed) -> Result<void> {
    if (packed.size() > segment.target_length - closed_.size())
      return fail(ErrorKind::bad_image, "closing it gives more bytes than it has");
    closed_.insert(closed_.end(), packed.begin(), packed.end());
    return {};
  });
  if (!fed) return fail(std::move(fed.error()));
  if (closed_.size() == segment.target_length) return ByteView(closed_);
  contractor_.reset();
  return fail(ErrorKind::bad_image, "closing it gives fewer bytes than it has");
}

Result<void> SegmentCloser::feed(ByteView plain, const Contractor::Sink& sink) {
  while (!plain.empty()) {
    const ByteView slice = plain.first(std::min(plain.size(), feed_size));
    Result<void> fed = contractor_->feed(slice, sink);
    if (!fed) contractor_.reset();
    if (!fed) return fed;
    plain = plain.subspan(slice.size());
  }
  return {};
}

}  // namespace dunlin
