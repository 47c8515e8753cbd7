#include "core/content/segment_decoder.h"

#include <algorithm>

#include "core/content/pack_format.h"
#include "core/content/range_bytes.h"
#include "core/delta/difference_frame.h"
#include "core/delta/forward_read.h"

namespace dunlin {

std::uint64_t base_ranges_size(const Segment& segment) {
  return total_length(segment.base_ranges);
}

std::uint64_t target_ranges_size(const Segment& segment) {
  return total_length(segment.target_ranges);
}

SegmentDecoder::SegmentDecoder(const ByteSource& pack, const ByteSource* base, std::uint64_t base_size,
                               const ExpandMap& base_map)
    : pack_(pack), base_(base), base_size_(base_size), base_map_(base_map) {}

Result<ByteView> SegmentDecoder::decode(const Segment& segment) {
  if (decoded_.size() < segment.plain_length) decoded_.resize(segment.plain_length);
  const ByteSpan out = ByteSpan(decoded_).first(segment.plain_length);
  if (segment.encoding == SegmentEncoding::zero) {
    if (zeros_ < out.size()) std::ranges::fill(out, std::uint8_t{0});
    zeros_ = std::max(zeros_, out.size());
    return ByteView(out);
  }
  zeros_ = 0;
  Result<void> done = decode_into(segment, out);
  if (!done) return fail(std::move(done.error()));
  return ByteView(out);
}

Result<void> SegmentDecoder::decode_into(const Segment& segment, ByteSpan out) {
  if (segment.encoding == SegmentEncoding::copy) {
    Result<void> read = base_->read(segment.base_ranges[0].offset, out);
    if (!read) return fail(std::move(read.error()), "reading the base image");
    return {};
  }
  Result<void> read = read_frame(segment);
  if (!read) return read;
  if (segment.encoding != SegmentEncoding::difference) return decode_plain(segment, out);
  return apply_difference_frame(frame_, *base_,
                                expected_base_offset(base_size_, base_map_, segment.plain_offset), out);
}

Result<void> SegmentDecoder::decode_plain(const Segment& segment, ByteSpan out) {
  Result<void> read = read_prefix(segment);
  if (!read) return read;
  return decompressor_.decompress(frame_, prefix_, out);
}

Result<void> SegmentDecoder::read_frame(const Segment& segment) {
  frame_.resize(segment.frame_length);
  Result<void> read = pack_.read(segment.frame_offset, frame_);
  if (!read) return fail(std::move(read.error()), "reading its frame");
  return {};
}

Result<void> SegmentDecoder::read_prefix(const Segment& segment) {
  prefix_.resize(base_ranges_size(segment) + target_ranges_size(segment));
  Result<void> read = read_base_ranges(segment);
  if (!read) return fail(std::move(read.error()), "reading the base image");
  read = read_target_ranges(segment);
  if (!read) return fail(std::move(read.error()), "reading what was written before");
  return {};
}

Result<void> SegmentDecoder::read_base_ranges(const Segment& segment) {
  if (segment.base_ranges.empty()) return {};
  std::vector<WantedCopy> copies;
  std::size_t place = 0;
  for (const BaseRange& range : segment.base_ranges) {
    copies.push_back({range.offset, range.length, place});
    place += range.length;
  }
  return read_forward(*base_, std::move(copies), prefix_);
}

Result<void> SegmentDecoder::read_target_ranges(const Segment& segment) {
  if (segment.target_ranges.empty()) return {};
  return read_ranges(*target_, segment.target_ranges, ByteSpan(prefix_).subspan(base_ranges_size(segment)));
}

bool SegmentDecoder::frame_is_whole(const Segment& segment) {
  if (!rule_of(segment.encoding).has_frame) return true;
  return read_frame(segment) && check_of(frame_) == segment.frame_check;
}

void SegmentDecoder::release_inputs() {
  frame_ = Bytes();
  prefix_ = Bytes();
}

}  // namespace dunlin
