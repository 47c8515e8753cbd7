#pragma once
#include <optional>

#include "core/content/map_outline.h"
#include "core/content/pack_table.h"

namespace dunlin {

// Closes the plain bytes of segments again: a Contractor, and the memory of where it stands. One thread at a
// time.
class SegmentCloser {
 public:
  // `map` has layers and outlives the closer.
  explicit SegmentCloser(const ExpandMap& map) : map_(map), outline_(map) {}

  // Whether any byte of this segment is opened content. The others are their own plain bytes.
  bool is_opened(const Segment& segment) const {
    return outline_.is_opened(segment.plain_offset, segment.plain_length);
  }
  bool stands_before(const Segment& segment) const;
  // Plain bytes taken so far; the start of the image after a failure.
  std::uint64_t plain_position() const { return contractor_ ? contractor_->position().plain : 0; }

  // Stands at the last place before the segment where nothing is held.
  void stand_clean_before(const Segment& segment);
  // From a clean place towards the segment, as far as the image's bytes before it reach; false when they are
  // not what they should be. Then, and whenever feeding fails, it must stand_clean_before() again.
  bool replay(const ByteSource& image, const Segment& segment);
  // Takes plain bytes whose target bytes nobody needs any more.
  Result<void> skip(ByteView plain);
  // The target bytes of a segment; valid until the next call of close() or release(). bad_image: the codecs
  // do not give as many bytes as the segment has.
  Result<ByteView> close(const Segment& segment, ByteView plain);
  // Stands nowhere: what it holds was made of wrong bytes.
  void forget() { contractor_.reset(); }
  // Frees the bytes of the last segment.
  void release() { closed_ = Bytes(); }

 private:
  Result<void> feed(ByteView plain, const Contractor::Sink& sink);

  const ExpandMap& map_;
  MapOutline outline_;
  std::optional<Contractor> contractor_;  // none: stands nowhere
  Bytes closed_;
};

}  // namespace dunlin
