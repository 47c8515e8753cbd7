#include "core/encode/pack_writer.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/codec/zstd.h"
#include "core/content/map_section.h"
#include "core/content/pack_format.h"
#include "core/content/zigzag.h"

namespace dunlin {

namespace {

constexpr int table_level = 19;
constexpr std::size_t move_size = 1u << 20;

void write_base_ranges(ByteWriter& writer, const Segment& segment) {
  const EncodingRule& rule = rule_of(segment.encoding);
  if (rule.base_ranges_max == 0) return;
  if (rule.base_ranges_min != rule.base_ranges_max) writer.varint(segment.base_ranges.size());
  std::uint64_t expected = segment.target_offset;
  for (const BaseRange& range : segment.base_ranges) {
    writer.varint(zigzag_of(range.offset - expected));
    if (segment.encoding != SegmentEncoding::copy) writer.varint(range.length);
    expected = range.offset + range.length;
  }
}

void write_target_ranges(ByteWriter& writer, const Segment& segment) {
  const std::vector<ByteRange>& ranges = segment.target_ranges;
  CHECK(!ranges.empty() && ranges.back().end() <= segment.target_offset);
  const bool has_near = ranges.back().end() == segment.target_offset;
  const std::size_t far_count = ranges.size() - (has_near ? 1 : 0);
  writer.varint(has_near ? ranges.back().length : 0);
  writer.varint(far_count);
  std::uint64_t end = 0;
  for (std::size_t i = 0; i < far_count; ++i) {
    CHECK(ranges[i].offset % target_range_unit == 0 && ranges[i].length % target_range_unit == 0);
    writer.varint((ranges[i].offset - end) / target_range_unit);
    writer.varint(ranges[i].length / target_range_unit);
    end = ranges[i].end();
  }
}

void write_section(ByteWriter& writer, PackSection kind, std::uint16_t flags, ByteView body) {
  writer.u16(static_cast<std::uint16_t>(kind));
  writer.u16(flags);
  writer.u32(static_cast<std::uint32_t>(body.size()));
  writer.bytes(body);
}

}  // namespace

PackWriter::PackWriter(File& output, PackIdentity identity)
    : output_(output), identity_(std::move(identity)), target_outline_(identity_.target_map) {
  CHECK(identity_.base_id || (identity_.base_map.layers.empty() && identity_.target_map.layers.empty()));
  CHECK(identity_.codecs.size() <= pack_codecs_size_max);
}

Result<void> PackWriter::add(Segment segment, ByteView frame) {
  if (segments_.size() == segment_count_max)
    return fail(ErrorKind::usage, "the image needs more segments than a pack may have");
  CHECK(frame.empty() != rule_of(segment.encoding).has_frame);
  segment.target_offset = target_size_;
  segment.plain_offset = plain_size_;
  if (identity_.target_map.layers.empty()) segment.plain_length = segment.target_length;
  target_size_ += segment.target_length;
  plain_size_ += segment.plain_length;
  CHECK(target_outline_.is_boundary({target_size_, plain_size_}));
  if (!frame.empty()) {
    Result<void> written = output_.write_at(pack_header_size + frames_size_, frame);
    if (!written) return fail(std::move(written.error()), "writing the pack");
    segment.frame_length = static_cast<std::uint32_t>(frame.size());
    segment.frame_check = check_of(frame);
    frames_size_ += frame.size();
  }
  segments_.push_back(std::move(segment));
  return {};
}

// Column by column, as SegmentColumns reads it.
Bytes PackWriter::segments_section() const {
  const bool is_opened = !identity_.target_map.layers.empty();
  ByteWriter writer;
  writer.varint(segments_.size());
  for (const Segment& segment : segments_) writer.u8(static_cast<std::uint8_t>(segment.encoding));
  for (const Segment& segment : segments_) writer.varint(segment.target_length);
  for (const Segment& segment : segments_)
    if (is_opened) writer.varint(zigzag_of(std::uint64_t{segment.plain_length} - segment.target_length));
  for (const Segment& segment : segments_) {
    if (!rule_of(segment.encoding).has_frame) continue;
    writer.varint(segment.frame_length);
    writer.u32(segment.frame_check);
  }
  if (identity_.base_id)
    for (const Segment& segment : segments_) write_base_ranges(writer, segment);
  for (const Segment& segment : segments_)
    if (segment.encoding == SegmentEncoding::earlier) write_target_ranges(writer, segment);
  for (const Segment& segment : segments_)
    if (target_outline_.is_opened(segment.plain_offset, segment.plain_length))
      writer.u32(segment.plain_check);
  for (const Segment& segment : segments_) writer.bytes(segment.digest.bytes);
  return writer.take();
}

Bytes PackWriter::table(ByteView image_index) const {
  ByteWriter writer;
  write_section(writer, PackSection::segments, pack_section_required, segments_section());
  if (!image_index.empty() && image_index.size() <= pack_index_size_max)
    write_section(writer, PackSection::image_index, 0, image_index);
  if (!identity_.base_map.layers.empty())
    write_section(writer, PackSection::base_map, pack_section_required,
                  write_map_section(identity_.base_map));
  if (!identity_.target_map.layers.empty())
    write_section(writer, PackSection::target_map, pack_section_required,
                  write_map_section(identity_.target_map));
  if (!identity_.codecs.empty()) write_section(writer, PackSection::codecs, 0, as_bytes(identity_.codecs));
  return writer.take();
}

// From the end to the beginning, because source and destination overlap.
Result<void> PackWriter::move_frames(std::uint64_t distance) {
  Bytes buffer(std::min<std::uint64_t>(move_size, frames_size_));
  for (std::uint64_t left = frames_size_; left > 0;) {
    const std::size_t length = std::min<std::uint64_t>(left, buffer.size());
    left -= length;
    const ByteSpan part = ByteSpan(buffer).first(length);
    Result<void> read = read_exactly(output_, pack_header_size + left, part);
    if (!read) return fail(std::move(read.error()), "reading the pack back");
    Result<void> written = output_.write_at(pack_header_size + left + distance, part);
    if (!written) return fail(std::move(written.error()), "writing the pack");
  }
  return {};
}

Result<std::uint64_t> PackWriter::finish(ByteView image_index) {
  CHECK(target_size_ == identity_.target_size);
  const Bytes plain = table(image_index);
  if (plain.size() > pack_table_size_max)
    return fail(ErrorKind::usage, "the image needs a larger segment table than a pack may have");
  Compressor compressor(table_level);
  Result<ByteView> compressed = compressor.compress(plain, {});
  if (!compressed) return fail(std::move(compressed.error()), "segment table");

  PackHeader header;
  header.target_id = identity_.target_id;
  header.target_size = identity_.target_size;
  header.base_id = identity_.base_id;
  header.base_size = identity_.base_size;
  header.has_differences = std::ranges::any_of(
      segments_, [](const Segment& s) { return s.encoding == SegmentEncoding::difference; });
  header.has_earlier =
      std::ranges::any_of(segments_, [](const Segment& s) { return s.encoding == SegmentEncoding::earlier; });
  CHECK(!header.has_earlier || !header.base_id);
  header.is_expanded = !identity_.base_map.layers.empty() || !identity_.target_map.layers.empty();
  header.table_length = static_cast<std::uint32_t>(compressed->size());
  header.table_decoded_length = static_cast<std::uint32_t>(plain.size());
  header.table_digest = sha256(*compressed);
  header.pack_size = header.table_end() + frames_size_;

  Result<void> moved = move_frames(header.table_length);
  if (!moved) return fail(std::move(moved.error()));
  Result<void> written = output_.write_at(pack_header_size, *compressed);
  if (written) written = output_.write_at(0, to_bytes(header));
  if (!written) return fail(std::move(written.error()), "writing the pack");
  return header.pack_size;
}

}  // namespace dunlin
