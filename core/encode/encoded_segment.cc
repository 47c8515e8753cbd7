#include "core/encode/encoded_segment.h"

#include "core/content/pack_format.h"

namespace dunlin {

namespace {

void write_ranges(ByteWriter& writer, const Segment& segment) {
  writer.varint(segment.base_ranges.size());
  for (const BaseRange& range : segment.base_ranges) {
    writer.u64(range.offset);
    writer.u32(range.length);
  }
  writer.varint(segment.target_ranges.size());
  for (const ByteRange& range : segment.target_ranges) {
    writer.u64(range.offset);
    writer.u64(range.length);
  }
}

void write_segment(ByteWriter& writer, const EncodedSegment& encoded) {
  const Segment& segment = encoded.segment;
  writer.u8(static_cast<std::uint8_t>(segment.encoding));
  writer.u32(segment.target_length);
  writer.u32(segment.plain_length);
  writer.u32(segment.plain_check);
  writer.bytes(segment.digest.bytes);
  write_ranges(writer, segment);
  writer.varint(encoded.frame.size());
  writer.bytes(encoded.frame);
}

// False when the bytes cannot be ranges.
bool read_ranges(ByteReader& reader, Segment& segment) {
  const std::uint64_t base_ranges = reader.varint();
  if (!reader.ok() || base_ranges > base_range_count_max) return false;
  for (std::uint64_t i = 0; i < base_ranges; ++i) {
    const std::uint64_t offset = reader.u64();
    segment.base_ranges.push_back({offset, reader.u32()});
  }
  const std::uint64_t target_ranges = reader.varint();
  if (!reader.ok() || target_ranges > target_range_count_max + 1) return false;
  for (std::uint64_t i = 0; i < target_ranges; ++i) {
    const std::uint64_t offset = reader.u64();
    segment.target_ranges.push_back({offset, reader.u64()});
  }
  return reader.ok();
}

std::optional<EncodedSegment> read_segment(ByteReader& reader) {
  EncodedSegment encoded;
  Segment& segment = encoded.segment;
  const std::uint8_t encoding = reader.u8();
  if (encoding >= encoding_rules.size()) return std::nullopt;
  segment.encoding = static_cast<SegmentEncoding>(encoding);
  segment.target_length = reader.u32();
  segment.plain_length = reader.u32();
  segment.plain_check = reader.u32();
  const ByteView digest = reader.bytes(segment.digest.bytes.size());
  std::copy(digest.begin(), digest.end(), segment.digest.bytes.begin());
  if (!read_ranges(reader, segment)) return std::nullopt;
  const ByteView frame = reader.bytes(reader.varint());
  if (!reader.ok()) return std::nullopt;
  encoded.frame.assign(frame.begin(), frame.end());
  return encoded;
}

}  // namespace

Bytes to_bytes(const EncodedRun& run) {
  ByteWriter writer;
  for (const EncodedSegment& encoded : run) write_segment(writer, encoded);
  return writer.take();
}

Result<EncodedRun> parse_encoded_run(ByteView bytes) {
  ByteReader reader(bytes);
  EncodedRun run;
  while (!reader.at_end()) {
    std::optional<EncodedSegment> encoded = read_segment(reader);
    if (!encoded) return fail(ErrorKind::bad_image, "a kept segment is damaged");
    run.push_back(std::move(*encoded));
  }
  return run;
}

}  // namespace dunlin
