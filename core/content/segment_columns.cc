#include "core/content/segment_columns.h"

#include <algorithm>

#include "core/content/pack_format.h"
#include "core/content/pack_front.h"
#include "core/content/zigzag.h"

namespace dunlin {

namespace {

tl::unexpected<Error> broken_segment(std::size_t index, std::string_view rule) {
  return broken_table("segment " + std::to_string(index) + ": " + std::string(rule));
}

// A segment's shortest form: encoding, length and digest.
constexpr std::size_t segment_bytes_min = 1 + 1 + 32;

// Offsets are sums of lengths, so order, gaps and overlaps cannot even be written down.
class SegmentColumns {
 public:
  SegmentColumns(ByteView section, const SegmentBounds& bounds) : reader_(section), bounds_(bounds) {}

  Result<std::vector<Segment>> read() {
    const std::uint64_t count = reader_.varint();
    if (!reader_.ok() || count > segment_count_max || count > reader_.remaining() / segment_bytes_min)
      return broken_table("it announces " + std::to_string(count) + " segments, more than it has room for");
    segments_.resize(count);
    for (auto column : {&SegmentColumns::read_encodings, &SegmentColumns::read_target_lengths,
                        &SegmentColumns::read_plain_lengths, &SegmentColumns::read_frames,
                        &SegmentColumns::read_base_ranges, &SegmentColumns::read_target_ranges,
                        &SegmentColumns::read_plain_checks, &SegmentColumns::read_digests}) {
      Result<void> done = (this->*column)();
      if (!done) return fail(std::move(done.error()));
      if (!reader_.ok()) return broken_table("cut short");
    }
    if (!reader_.at_end()) return broken_table("bytes follow the last segment");
    return std::move(segments_);
  }

 private:
  Result<void> read_encodings() {
    for (Segment& segment : segments_) {
      const std::uint8_t encoding = reader_.u8();
      if (encoding >= encoding_rules.size())
        return broken_segment(index_of(segment), "encoding " + std::to_string(encoding) +
                                                     " is not known to this program: update dunlin first");
      segment.encoding = static_cast<SegmentEncoding>(encoding);
      if (segment.encoding == SegmentEncoding::difference && !bounds_.header.has_differences)
        return broken_segment(index_of(segment), "it is a difference, but the header does not announce any");
      if (segment.encoding == SegmentEncoding::earlier && !bounds_.header.has_earlier)
        return broken_segment(index_of(segment),
                              "it refers to the target before it, but the header does not announce that");
    }
    return {};
  }

  Result<void> read_target_lengths() {
    const std::uint64_t shortest = bounds_.target_is_opened ? 0 : 1;
    const std::uint64_t longest = bounds_.target_is_opened ? segment_closed_size_max : segment_size_max;
    std::uint64_t offset = 0;
    for (Segment& segment : segments_) {
      const std::uint64_t length = reader_.varint();
      if (length < shortest || length > longest)
        return broken_segment(index_of(segment), bounds_.target_is_opened
                                                     ? "its length is more than 8 MiB"
                                                     : "its length is not between 1 byte and 4 MiB");
      segment.target_offset = offset;
      segment.target_length = static_cast<std::uint32_t>(length);
      offset += length;
    }
    if (offset != bounds_.header.target_size)
      return broken_table("the segments do not add up to the target's size");
    return {};
  }

  Result<void> read_plain_lengths() {
    std::uint64_t offset = 0;
    for (Segment& segment : segments_) {
      const std::uint64_t step = bounds_.target_is_opened ? from_zigzag(reader_.varint()) : 0;
      const std::uint64_t length = segment.target_length + step;
      if (length == 0 || length > segment_size_max)
        return broken_segment(index_of(segment), "its plain length is not between 1 byte and 4 MiB");
      segment.plain_offset = offset;
      segment.plain_length = static_cast<std::uint32_t>(length);
      offset += length;
    }
    if (offset != bounds_.plain_size)
      return broken_table("the segments' plain lengths do not add up to the target map's");
    return check_boundaries();
  }

  Result<void> check_boundaries() const {
    for (const Segment& segment : segments_)
      if (!bounds_.target_outline.is_boundary({segment.target_offset, segment.plain_offset}))
        return broken_segment(index_of(segment), "it begins where its target map does not allow it");
    return {};
  }

  Result<void> read_frames() {
    std::uint64_t offset = bounds_.header.table_end();
    for (Segment& segment : segments_) {
      if (!rule_of(segment.encoding).has_frame) continue;
      const std::uint64_t length = reader_.varint();
      if (length == 0 || length > frame_size_max || length > bounds_.header.pack_size - offset)
        return broken_segment(index_of(segment), "its frame is empty, too large or outside the pack");
      segment.frame_offset = offset;
      segment.frame_length = static_cast<std::uint32_t>(length);
      segment.frame_check = reader_.u32();
      offset += length;
    }
    if (offset != bounds_.header.pack_size)
      return broken_table("the frames do not add up to the pack's size");
    return {};
  }

  Result<void> read_base_ranges() {
    if (!bounds_.header.base_id) {
      const auto needs_base = [](const Segment& s) { return rule_of(s.encoding).base_ranges_min > 0; };
      const auto found = std::ranges::find_if(segments_, needs_base);
      if (found != segments_.end())
        return broken_segment(index_of(*found), "it needs a base image, but the pack names none");
      return {};
    }
    for (Segment& segment : segments_) {
      Result<void> done = read_base_ranges_of(segment);
      if (!done) return done;
    }
    return {};
  }

  Result<void> read_base_ranges_of(Segment& segment) {
    const EncodingRule& rule = rule_of(segment.encoding);
    if (rule.base_ranges_max == 0) return {};
    const bool is_fixed = rule.base_ranges_min == rule.base_ranges_max;
    const std::uint64_t count = is_fixed ? rule.base_ranges_min : reader_.varint();
    if (count < rule.base_ranges_min || count > rule.base_ranges_max)
      return broken_segment(index_of(segment), "too many base ranges");
    std::uint64_t total = 0;
    std::uint64_t expected =
        segment.target_offset;  // ranges are written relative to where they would follow on
    for (std::uint64_t i = 0; i < count; ++i) {
      Result<BaseRange> range = read_base_range(segment, expected);
      if (!range) return fail(std::move(range.error()));
      total += range->length;
      expected = range->offset + range->length;
      segment.base_ranges.push_back(*range);
    }
    range_count_ += count;
    if (range_count_ > base_range_total_max) return broken_table("too many base ranges");
    if (total > base_ranges_size_max)
      return broken_segment(index_of(segment), "its base ranges are more than 8 MiB together");
    return {};
  }

  Result<BaseRange> read_base_range(const Segment& segment, std::uint64_t expected) {
    const std::uint64_t step = reader_.varint();
    const std::uint64_t offset = expected + from_zigzag(step);
    const bool is_copy = segment.encoding == SegmentEncoding::copy;
    const std::uint64_t length = is_copy ? segment.plain_length : reader_.varint();
    if (length == 0 || length > base_ranges_size_max)
      return broken_segment(index_of(segment), "a base range is not between 1 byte and 8 MiB");
    if (offset > bounds_.base_end || length > bounds_.base_end - offset)
      return broken_segment(index_of(segment), "a base range is outside the base image");
    return BaseRange{offset, static_cast<std::uint32_t>(length)};
  }

  Result<void> read_target_ranges() {
    for (Segment& segment : segments_) {
      if (segment.encoding != SegmentEncoding::earlier) continue;
      Result<void> done = read_target_ranges_of(segment);
      if (!done) return done;
    }
    return {};
  }

  // First how far the bytes right in front of the segment reach, then what lies before those.
  Result<void> read_target_ranges_of(Segment& segment) {
    const std::uint64_t near = reader_.varint();
    if (near > segment.target_offset || near > target_ranges_size_max)
      return broken_segment(index_of(segment), "its prefix begins before the target or is more than 8 MiB");
    const std::uint64_t near_begin = segment.target_offset - near;
    const std::uint64_t count = reader_.varint();
    if (count > target_range_count_max) return broken_segment(index_of(segment), "too many target ranges");
    std::uint64_t total = near;
    std::uint64_t end = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t skipped = reader_.varint();
      const std::uint64_t length = reader_.varint();
      const std::uint64_t room = (near_begin - end) / target_range_unit;
      if (length == 0 || skipped > room || length > room - skipped)
        return broken_segment(index_of(segment), "a target range is empty or not in front of the segment");
      segment.target_ranges.push_back({end + skipped * target_range_unit, length * target_range_unit});
      end = segment.target_ranges.back().end();
      total += segment.target_ranges.back().length;
    }
    if (near > 0) segment.target_ranges.push_back({near_begin, near});
    range_count_ += segment.target_ranges.size();
    if (range_count_ > target_range_total_max) return broken_table("too many target ranges");
    if (total == 0 || total > target_ranges_size_max)
      return broken_segment(index_of(segment), "its target ranges are not between 1 byte and 8 MiB together");
    return {};
  }

  Result<void> read_plain_checks() {
    for (Segment& segment : segments_)
      if (bounds_.target_outline.is_opened(segment.plain_offset, segment.plain_length))
        segment.plain_check = reader_.u32();
    return {};
  }

  Result<void> read_digests() {
    for (Segment& segment : segments_) {
      const ByteView digest = reader_.bytes(segment.digest.bytes.size());
      std::copy(digest.begin(), digest.end(), segment.digest.bytes.begin());
    }
    return {};
  }

  std::size_t index_of(const Segment& segment) const {
    return static_cast<std::size_t>(&segment - segments_.data());
  }

  ByteReader reader_;
  const SegmentBounds& bounds_;
  std::vector<Segment> segments_;
  std::uint64_t range_count_ = 0;
};

}  // namespace

Result<std::vector<Segment>> read_segment_columns(ByteView section, const SegmentBounds& bounds) {
  return SegmentColumns(section, bounds).read();
}

}  // namespace dunlin
