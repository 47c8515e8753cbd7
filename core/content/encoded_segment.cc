#include "core/content/encoded_segment.h"

#include "core/content/pack_format.h"

namespace dunlin {

Bytes to_bytes(const EncodedSegment& encoded) {
  const Segment& segment = encoded.segment;
  ByteWriter writer;
  writer.u8(static_cast<std::uint8_t>(segment.encoding));
  writer.u32(segment.target_length);
  writer.u32(segment.plain_length);
  writer.u32(segment.plain_check);
  writer.bytes(segment.digest.bytes);
  writer.varint(segment.base_ranges.size());
  for (const BaseRange& range : segment.base_ranges) {
    writer.u64(range.offset);
    writer.u32(range.length);
  }
  writer.bytes(encoded.frame);
  return writer.take();
}

Result<EncodedSegment> parse_encoded_segment(ByteView bytes) {
  ByteReader reader(bytes);
  EncodedSegment encoded;
  Segment& segment = encoded.segment;
  const std::uint8_t encoding = reader.u8();
  segment.target_length = reader.u32();
  segment.plain_length = reader.u32();
  segment.plain_check = reader.u32();
  const ByteView digest = reader.bytes(segment.digest.bytes.size());
  const std::uint64_t ranges = reader.varint();
  if (!reader.ok() || encoding >= encoding_rules.size() || ranges > base_range_count_max)
    return fail(ErrorKind::bad_image, "a kept segment is damaged");
  segment.encoding = static_cast<SegmentEncoding>(encoding);
  std::copy(digest.begin(), digest.end(), segment.digest.bytes.begin());
  for (std::uint64_t i = 0; i < ranges; ++i) {
    const std::uint64_t offset = reader.u64();
    segment.base_ranges.push_back({offset, reader.u32()});
  }
  const ByteView frame = reader.bytes(reader.remaining());
  if (!reader.ok()) return fail(ErrorKind::bad_image, "a kept segment is cut short");
  encoded.frame.assign(frame.begin(), frame.end());
  return encoded;
}

}  // namespace dunlin
