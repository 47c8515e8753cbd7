#include "core/encode/segment_encoder.h"

#include "core/base/check.h"
#include "core/content/range_bytes.h"
#include "core/delta/difference_frame.h"

namespace dunlin {

namespace {

Segment segment_of(const PlannedSegment& planned) {
  Segment segment;
  segment.target_offset = planned.begin.packed;
  segment.target_length = planned.target_length();
  segment.plain_offset = planned.begin.plain;
  segment.plain_length = planned.plain_length();
  return segment;
}

// What a frame costs besides itself: its length and check, and the base ranges in the table.
std::size_t cost_of(const EncodedSegment& encoded) {
  return encoded.frame.size() + 4 * encoded.segment.base_ranges.size();
}

void keep_smaller(EncodedSegment& best, EncodedSegment other) {
  if (best.frame.empty() || cost_of(other) < cost_of(best)) best = std::move(other);
}

void make_zero(Bytes& bytes, ZeroDigests& digests, Segment& segment) {
  bytes.assign(segment.target_length, 0);
  segment.encoding = SegmentEncoding::zero;
  segment.digest = digests.of(bytes);
}

}  // namespace

Result<EncodedSegment> DeltaSegmentEncoder::encode(std::size_t index) {
  const PlannedSegment& planned = choices_.cut.plan[index];
  EncodedSegment encoded;
  encoded.segment = segment_of(planned);
  if (planned.kind == PlanKind::zero) {
    make_zero(bytes_, zero_digests_, encoded.segment);
    return encoded;
  }
  Result<void> done = read_bytes(planned, encoded.segment);
  if (!done) return fail(std::move(done.error()), "reading the target image");
  if (planned.kind == PlanKind::copy) {
    encoded.segment.encoding = SegmentEncoding::copy;
    encoded.segment.base_ranges = {{planned.base, planned.plain_length()}};
    return encoded;
  }
  done = encode_data(choices_.choices[index], encoded);
  if (!done) return fail(std::move(done.error()));
  return encoded;
}

// The digest is that of the image's bytes, the check that of the plain ones.
Result<void> DeltaSegmentEncoder::read_bytes(const PlannedSegment& planned, Segment& segment) {
  bytes_.resize(planned.target_length());
  Result<void> read = choices_.target_image.read(planned.begin.packed, bytes_);
  if (!read) return read;
  segment.digest = sha256(bytes_);
  if (!choices_.cut.target.outline().is_opened(planned.begin.plain, planned.plain_length())) return {};
  bytes_.resize(planned.plain_length());
  read = choices_.cut.target.read(planned.begin.plain, bytes_);
  segment.plain_check = check_of(bytes_);
  return read;
}

Result<void> DeltaSegmentEncoder::encode_data(const SegmentChoice& choice, EncodedSegment& encoded) {
  const DifferenceOps ops = choices_.base.moved(choice.ops);
  Result<bool> copied = make_copy(ops, encoded);
  if (!copied) return fail(std::move(copied.error()));
  if (*copied) return {};
  Result<void> tried;
  if (choice.try_difference) tried = try_difference(ops, encoded);
  if (tried && !choice.ranges.empty()) tried = try_plain(choices_.base.moved(choice.ranges), encoded);
  if (tried && choice.try_plain) tried = try_plain({}, encoded);
  CHECK(!tried || !encoded.frame.empty());
  return tried;
}

Result<bool> DeltaSegmentEncoder::make_copy(const DifferenceOps& ops, EncodedSegment& encoded) {
  if (ops.size() != 1 || ops[0].literal_length != 0) return false;
  Bytes copied(bytes_.size());
  Result<void> read = choices_.base.read(ops[0].base_offset, copied);
  if (!read) return fail(std::move(read.error()), "reading the base image");
  if (copied != bytes_) return false;
  encoded.segment.encoding = SegmentEncoding::copy;
  encoded.segment.base_ranges = {{ops[0].base_offset, ops[0].copy_length}};
  return true;
}

Result<void> DeltaSegmentEncoder::try_difference(const DifferenceOps& ops, EncodedSegment& best) {
  const std::uint64_t expected =
      expected_base_offset(choices_.cut.base.image_size(), choices_.base_map, best.segment.plain_offset);
  Result<Bytes> frame = write_difference_frame(bytes_, ops, choices_.base, expected, level_);
  if (!frame) return fail(std::move(frame.error()));
  EncodedSegment encoded{best.segment, std::move(*frame)};
  encoded.segment.encoding = SegmentEncoding::difference;
  encoded.segment.base_ranges.clear();
  keep_smaller(best, std::move(encoded));
  return {};
}

Result<void> DeltaSegmentEncoder::try_plain(const std::vector<BaseRange>& ranges, EncodedSegment& best) {
  Bytes prefix(total_length(ranges));
  Result<void> read = read_ranges(choices_.base, ranges, prefix);
  if (!read) return fail(std::move(read.error()), "reading the base image");
  Result<ByteView> frame = compressor_.compress(bytes_, prefix);
  if (!frame) return fail(std::move(frame.error()));
  EncodedSegment encoded{best.segment, Bytes(frame->begin(), frame->end())};
  encoded.segment.encoding = SegmentEncoding::plain;
  encoded.segment.base_ranges = ranges;
  keep_smaller(best, std::move(encoded));
  return {};
}

}  // namespace dunlin
