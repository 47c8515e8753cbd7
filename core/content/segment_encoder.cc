#include "core/content/segment_encoder.h"

#include "core/content/base_match.h"

namespace dunlin {

namespace {
// Below this share of known content, the base may be more hindrance than help: both ways are tried.
constexpr double familiar_min = 0.1;
}  // namespace

Result<EncodedSegment> SegmentEncoder::encode(const PlannedSegment& planned) {
  EncodedSegment encoded;
  Segment& segment = encoded.segment;
  segment.target_offset = planned.offset;
  segment.target_length = planned.length;
  bytes_.resize(planned.length);
  if (planned.kind == PlanKind::zero) {
    std::fill(bytes_.begin(), bytes_.end(), std::uint8_t{0});
    make_zero(segment);
    return encoded;
  }
  Result<void> read = target_.read(planned.offset, bytes_);
  if (!read) return fail(std::move(read.error()), "reading the target image");
  if (all_zero(bytes_)) {
    make_zero(segment);
    return encoded;
  }
  segment.digest = sha256(bytes_);
  if (planned.kind == PlanKind::same) {
    make_copy(segment, planned.offset);
    return encoded;
  }
  Result<bool> copied = find_copy(encoded, planned.offset);
  if (!copied) return fail(std::move(copied.error()));
  if (*copied) return encoded;
  Result<void> compressed = base_ == nullptr ? compress_plain(encoded) : compress_against_base(encoded);
  if (!compressed) return fail(std::move(compressed.error()));
  return encoded;
}

void SegmentEncoder::make_zero(Segment& segment) {
  segment.encoding = SegmentEncoding::zero;
  segment.digest = zero_digests_.of(bytes_);
}

void SegmentEncoder::make_copy(Segment& segment, std::uint64_t offset) {
  segment.encoding = SegmentEncoding::copy;
  segment.base_ranges = {{offset, segment.target_length}};
}

Result<bool> SegmentEncoder::base_has(std::uint64_t offset) {
  const std::uint64_t size = base_->image.size();
  if (offset > size || bytes_.size() > size - offset) return false;
  prefix_.resize(bytes_.size());
  Result<void> read = base_->image.read(offset, prefix_);
  if (!read) return fail(std::move(read.error()), "reading the base image");
  return prefix_ == bytes_;
}

Result<bool> SegmentEncoder::find_copy(EncodedSegment& encoded, std::optional<std::uint64_t> offset) {
  if (base_ == nullptr || !offset) return false;
  Result<bool> same = base_has(*offset);
  if (!same || !*same) return same;
  make_copy(encoded.segment, *offset);
  return true;
}

Result<void> SegmentEncoder::compress_plain(EncodedSegment& encoded) {
  Result<ByteView> frame = compressor_.compress(bytes_, {});
  if (!frame) return fail(std::move(frame.error()));
  encoded.segment.encoding = SegmentEncoding::plain;
  encoded.frame.assign(frame->begin(), frame->end());
  return {};
}

Result<void> SegmentEncoder::compress_against_base(EncodedSegment& encoded) {
  BaseMatch match = match_base(bytes_, encoded.segment.target_offset, base_->index, base_->image.size());
  Result<bool> copied = find_copy(encoded, match.whole_at);
  if (!copied) return fail(std::move(copied.error()));
  if (*copied) return {};
  if (match.familiar < familiar_min || match.ranges.empty()) {
    Result<void> plain = compress_plain(encoded);
    if (!plain || match.ranges.empty()) return plain;
  }
  Result<void> read = read_prefix(match.ranges);
  if (!read) return read;
  Result<ByteView> frame = compressor_.compress(bytes_, prefix_);
  if (!frame) return fail(std::move(frame.error()));
  if (!encoded.frame.empty() && encoded.frame.size() <= frame->size()) return {};
  encoded.segment.encoding = SegmentEncoding::plain;
  encoded.segment.base_ranges = std::move(match.ranges);
  encoded.frame.assign(frame->begin(), frame->end());
  return {};
}

Result<void> SegmentEncoder::read_prefix(const std::vector<BaseRange>& ranges) {
  prefix_.clear();
  for (const BaseRange& range : ranges) {
    const std::size_t begin = prefix_.size();
    prefix_.resize(begin + range.length);
    Result<void> read = base_->image.read(range.offset, ByteSpan(prefix_).subspan(begin));
    if (!read) return fail(std::move(read.error()), "reading the base image");
  }
  return {};
}

}  // namespace dunlin
