#include "core/encode/full_encoder.h"

#include "core/content/range_bytes.h"
#include "core/encode/earlier_match.h"

namespace dunlin {

Result<EncodedRun> FullEncoder::encode(std::size_t first, std::size_t end) {
  EncodedRun run;
  for (std::size_t i = first; i < end; ++i) {
    Result<EncodedSegment> encoded = encode(cut_.plan[i]);
    if (!encoded) return fail(std::move(encoded.error()));
    run.push_back(std::move(*encoded));
  }
  return run;
}

Result<EncodedSegment> FullEncoder::encode(const PlannedSegment& planned) {
  EncodedSegment encoded;
  encoded.segment.target_length = planned.target_length();
  encoded.segment.plain_length = planned.plain_length();
  if (planned.kind == PlanKind::zero) {
    bytes_.assign(planned.target_length(), 0);
    encoded.segment.encoding = SegmentEncoding::zero;
    encoded.segment.digest = zero_digests_.of(bytes_);
    return encoded;
  }
  bytes_.resize(planned.target_length());
  Result<void> done = cut_.target.read(planned.begin.packed, bytes_);
  if (!done) return fail(std::move(done.error()), "reading the target image");
  done = encode_data(planned.begin.packed, encoded);
  if (!done) return fail(std::move(done.error()));
  return encoded;
}

Result<void> FullEncoder::encode_data(std::uint64_t offset, EncodedSegment& encoded) {
  Segment& segment = encoded.segment;
  segment.digest = sha256(bytes_);
  segment.target_ranges = match_earlier(bytes_, offset, cut_.index);
  segment.encoding = segment.target_ranges.empty() ? SegmentEncoding::plain : SegmentEncoding::earlier;
  prefix_.resize(total_length(segment.target_ranges));
  Result<void> read = read_ranges(cut_.target, segment.target_ranges, prefix_);
  if (!read) return fail(std::move(read.error()), "reading the target image");
  Result<ByteView> frame = compressor_.compress(bytes_, prefix_);
  if (!frame) return fail(std::move(frame.error()));
  encoded.frame.assign(frame->begin(), frame->end());
  return {};
}

}  // namespace dunlin
