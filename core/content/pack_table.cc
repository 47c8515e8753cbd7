#include "core/content/pack_table.h"

#include <algorithm>

#include "core/content/pack_format.h"
#include "core/content/pack_front.h"

namespace dunlin {

namespace {

tl::unexpected<Error> broken(std::string rule) {
  return fail(ErrorKind::bad_image, "segment table: " + std::move(rule));
}

tl::unexpected<Error> broken_segment(std::size_t index, std::string_view rule) {
  return broken("segment " + std::to_string(index) + ": " + std::string(rule));
}

// A segment's shortest form: encoding, length and digest.
constexpr std::size_t segment_bytes_min = 1 + 1 + 32;

// Reads the "segments" section column by column (docs/pack-format.md). Offsets are sums of lengths, so order,
// gaps and overlaps cannot even be written down.
class SegmentColumns {
 public:
  SegmentColumns(ByteView section, const PackHeader& header) : reader_(section), header_(header) {}

  Result<std::vector<Segment>> read() {
    const std::uint64_t count = reader_.varint();
    if (!reader_.ok() || count > segment_count_max || count > reader_.remaining() / segment_bytes_min)
      return broken("it announces " + std::to_string(count) + " segments, more than it has room for");
    segments_.resize(count);
    for (auto column :
         {&SegmentColumns::read_encodings, &SegmentColumns::read_lengths, &SegmentColumns::read_frames,
          &SegmentColumns::read_base_ranges, &SegmentColumns::read_digests}) {
      Result<void> done = (this->*column)();
      if (!done) return fail(std::move(done.error()));
      if (!reader_.ok()) return broken("cut short");
    }
    if (!reader_.at_end()) return broken("bytes follow the last segment");
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
    }
    return {};
  }

  Result<void> read_lengths() {
    std::uint64_t offset = 0;
    for (Segment& segment : segments_) {
      const std::uint64_t length = reader_.varint();
      if (length == 0 || length > segment_size_max)
        return broken_segment(index_of(segment), "its length is not between 1 byte and 4 MiB");
      segment.target_offset = offset;
      segment.target_length = static_cast<std::uint32_t>(length);
      offset += length;
    }
    if (offset != header_.target_size) return broken("the segments do not add up to the target's size");
    return {};
  }

  Result<void> read_frames() {
    std::uint64_t offset = header_.table_end();
    for (Segment& segment : segments_) {
      if (!rule_of(segment.encoding).has_frame) continue;
      const std::uint64_t length = reader_.varint();
      if (length == 0 || length > frame_size_max || length > header_.pack_size - offset)
        return broken_segment(index_of(segment), "its frame is empty, too large or outside the pack");
      segment.frame_offset = offset;
      segment.frame_length = static_cast<std::uint32_t>(length);
      segment.frame_check = reader_.u32();
      offset += length;
    }
    if (offset != header_.pack_size) return broken("the frames do not add up to the pack's size");
    return {};
  }

  Result<void> read_base_ranges() {
    if (!header_.base_id) {
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
    if (range_count_ > base_range_total_max) return broken("too many base ranges");
    if (total > base_ranges_size_max)
      return broken_segment(index_of(segment), "its base ranges are more than 8 MiB together");
    return {};
  }

  Result<BaseRange> read_base_range(const Segment& segment, std::uint64_t expected) {
    const std::uint64_t step = reader_.varint();  // zigzag: 0, -1, 1, -2, ...
    const std::uint64_t offset = expected + ((step >> 1) ^ (~(step & 1) + 1));
    const bool is_copy = segment.encoding == SegmentEncoding::copy;
    const std::uint64_t length = is_copy ? segment.target_length : reader_.varint();
    if (length == 0 || length > base_ranges_size_max)
      return broken_segment(index_of(segment), "a base range is not between 1 byte and 8 MiB");
    if (offset > header_.base_size || length > header_.base_size - offset)
      return broken_segment(index_of(segment), "a base range is outside the base image");
    return BaseRange{offset, static_cast<std::uint32_t>(length)};
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
  const PackHeader& header_;
  std::vector<Segment> segments_;
  std::uint64_t range_count_ = 0;
};

}  // namespace

Result<std::uint64_t> pack_table_end(ByteView start) {
  Result<PackHeader> header = parse_pack_header(start);
  if (!header) return fail(std::move(header.error()));
  return header->table_end();
}

Result<PackTable> parse_pack_table(const ByteSource& pack) {
  Result<PackFront> front = read_pack_front(pack);
  if (!front) return fail(std::move(front.error()));
  const PackHeader& header = front->header;
  Result<std::vector<Segment>> segments = SegmentColumns(front->segments, header).read();
  if (!segments) return fail(std::move(segments.error()));

  PackTable table;
  table.target_id = header.target_id;
  table.target_size = header.target_size;
  table.base_id = header.base_id;
  table.base_size = header.base_size;
  table.frames_offset = header.table_end();
  table.segments = std::move(*segments);
  return table;
}

}  // namespace dunlin
