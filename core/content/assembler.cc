#include "core/content/assembler.h"

#include "core/base/check.h"
#include "core/codec/zstd.h"
#include "core/content/zero_digest.h"

namespace dunlin {

// Buffers grow to what the segments ask for, at most the limits of pack_table.h.
struct Assembler::Codec {
  Decompressor decompressor;
  ZeroDigests zero_digests;
  Bytes frame;
  Bytes prefix;
  Bytes decoded;
  std::size_t zeros = 0;  // so many bytes at the front of `decoded` are known to be zero

  ByteSpan output(std::size_t length) {
    if (decoded.size() < length) decoded.resize(length);
    return ByteSpan(decoded).first(length);
  }
  Result<void> read_frame(const ByteSource& pack, const Segment& segment);
  Result<void> read_prefix(const ByteSource& base, const Segment& segment);
};

namespace {

std::uint64_t ranges_size(const Segment& segment) {
  std::uint64_t total = 0;
  for (const BaseRange& range : segment.base_ranges) total += range.length;
  return total;
}

// A parsed table obeys these; one made by hand may not.
Result<void> check_limits(const Segment& segment) {
  if (segment.target_length > segment_size_max || segment.frame_length > frame_size_max ||
      ranges_size(segment) > base_ranges_size_max)
    return fail(ErrorKind::bad_image, "it needs more memory than a segment may");
  const bool is_copy = segment.encoding == SegmentEncoding::copy;
  if (is_copy && (segment.base_ranges.size() != 1 || segment.base_ranges[0].length != segment.target_length))
    return fail(ErrorKind::bad_image, "a copy names exactly one base range of its own length");
  return {};
}

Result<void> check_base(const PackTable& table, const ByteSource* base) {
  if (!table.base_id)
    return fail(ErrorKind::bad_image, "it names base ranges, but the pack names no base image");
  if (base == nullptr)
    return fail(ErrorKind::bad_image, "the pack is a delta and needs the base image " + table.base_id->hex());
  if (base->size() < table.base_size)
    return fail(ErrorKind::bad_image, "the base image does not match: it has " +
                                          std::to_string(base->size()) + " bytes, the pack was made for " +
                                          std::to_string(table.base_size));
  return {};
}

// Only asked after a failure, so that a good segment is hashed once.
std::string blame(const PackTable& table, const Segment& segment, ByteView frame,
                  const std::string& symptom) {
  if (segment.encoding == SegmentEncoding::zero) return "the segment table is wrong: " + symptom;
  const bool has_frame = segment.encoding == SegmentEncoding::plain;
  if (has_frame && ByteReader(sha256(frame).bytes).u32() != segment.frame_check)
    return "its frame in the pack is damaged, fetch it again: " + symptom;
  if (!segment.base_ranges.empty())
    return "the base image does not match, it should be " + table.base_id->hex() + ": " + symptom;
  return "the segment table is wrong: " + symptom;
}

}  // namespace

Result<void> Assembler::Codec::read_frame(const ByteSource& pack, const Segment& segment) {
  frame.resize(segment.frame_length);
  Result<void> read = pack.read(segment.frame_offset, frame);
  if (!read) return fail(std::move(read.error()), "reading its frame");
  return {};
}

Result<void> Assembler::Codec::read_prefix(const ByteSource& base, const Segment& segment) {
  prefix.resize(ranges_size(segment));
  ByteSpan rest(prefix);
  for (const BaseRange& range : segment.base_ranges) {
    Result<void> read = base.read(range.offset, rest.first(range.length));
    if (!read) return fail(std::move(read.error()), "reading the base image");
    rest = rest.subspan(range.length);
  }
  return {};
}

Assembler::Assembler(const PackTable& table, const ByteSource& pack, const ByteSource* base)
    : table_(table), pack_(pack), base_(base), codec_(std::make_unique<Codec>()) {}
Assembler::~Assembler() = default;

Result<ByteView> Assembler::decode(std::size_t segment_index) {
  CHECK(segment_index < table_.segments.size());
  const Segment& segment = table_.segments[segment_index];
  Result<ByteView> bytes = decode(segment);
  if (!bytes) return fail(std::move(bytes.error()), "segment " + std::to_string(segment_index));
  return bytes;
}

Result<ByteView> Assembler::decode(const Segment& segment) {
  Result<void> ready = check_limits(segment);
  if (ready && !segment.base_ranges.empty()) ready = check_base(table_, base_);
  if (!ready) return fail(std::move(ready.error()));
  const ByteSpan out = codec_->output(segment.target_length);
  if (segment.encoding == SegmentEncoding::zero) return decode_zero(segment, out);
  codec_->zeros = 0;
  Result<void> decoded =
      segment.encoding == SegmentEncoding::copy ? decode_copy(segment, out) : decode_plain(segment, out);
  if (!decoded) return fail(std::move(decoded.error()));
  if (sha256(out) != segment.digest)
    return fail(ErrorKind::bad_image,
                blame(table_, segment, codec_->frame, "the SHA-256 of its bytes differs"));
  return ByteView(out);
}

Result<ByteView> Assembler::decode_zero(const Segment& segment, ByteSpan out) {
  if (codec_->zeros < out.size()) std::fill(out.begin(), out.end(), std::uint8_t{0});
  codec_->zeros = std::max(codec_->zeros, out.size());
  if (codec_->zero_digests.of(out) != segment.digest)
    return fail(ErrorKind::bad_image, blame(table_, segment, {}, "its SHA-256 is not that of zeros"));
  return ByteView(out);
}

Result<void> Assembler::decode_copy(const Segment& segment, ByteSpan out) {
  Result<void> read = base_->read(segment.base_ranges[0].offset, out);
  if (!read) return fail(std::move(read.error()), "reading the base image");
  return {};
}

Result<void> Assembler::decode_plain(const Segment& segment, ByteSpan out) {
  Result<void> read = codec_->read_frame(pack_, segment);
  if (!read) return read;
  codec_->prefix.clear();
  if (!segment.base_ranges.empty()) read = codec_->read_prefix(*base_, segment);
  if (!read) return read;
  Result<void> decoded = codec_->decompressor.decompress(codec_->frame, codec_->prefix, out);
  if (!decoded)
    return fail(decoded.error().kind, blame(table_, segment, codec_->frame, decoded.error().message));
  return {};
}

}  // namespace dunlin
