#include "core/content/assembler.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/content/base_space.h"
#include "core/content/segment_closer.h"
#include "core/content/segment_decoder.h"
#include "core/content/zero_digest.h"
#include "core/expand/canary.h"

namespace dunlin {

struct Assembler::Parts {
  Parts(const PackTable& table, const ByteSource& pack, const ByteSource* base)
      : space(base == nullptr ? std::nullopt
                              : std::make_optional<BaseSpace>(*base, table.base_size, table.base_map)),
        decoder(pack, space ? &*space : nullptr, table.base_size, table.base_map) {
    if (!table.target_map.layers.empty()) closer.emplace(table.target_map);
  }
  std::optional<BaseSpace> space;
  SegmentDecoder decoder;
  std::optional<SegmentCloser> closer;
  ZeroDigests zero_digests;
};

namespace {

bool needs_base(const Segment& segment) {
  return !segment.base_ranges.empty() || segment.encoding == SegmentEncoding::difference;
}

// A parsed table obeys these; one made by hand may not.
Result<void> check_limits(const Segment& segment, bool is_opened) {
  const std::uint32_t longest = is_opened ? segment_closed_size_max : segment_size_max;
  if (segment.target_length > longest || segment.plain_length > segment_size_max ||
      segment.frame_length > frame_size_max || base_ranges_size(segment) > base_ranges_size_max ||
      target_ranges_size(segment) > target_ranges_size_max)
    return fail(ErrorKind::bad_image, "it needs more memory than a segment may");
  if (!is_opened && segment.plain_length != segment.target_length)
    return fail(ErrorKind::bad_image, "its plain length differs, but it is not opened");
  const bool is_copy = segment.encoding == SegmentEncoding::copy;
  if (is_copy && (segment.base_ranges.size() != 1 || segment.base_ranges[0].length != segment.plain_length))
    return fail(ErrorKind::bad_image, "a copy names exactly one base range of its own length");
  return {};
}

Result<void> check_base(const PackTable& table, const ByteSource* base) {
  if (!table.base_id)
    return fail(ErrorKind::bad_image, "it refers to a base, but the pack names no base image");
  if (base == nullptr)
    return fail(ErrorKind::bad_image, "the pack is a delta and needs the base image " + table.base_id->hex());
  if (base->size() < table.base_size)
    return fail(ErrorKind::bad_image, "the base image does not match: it has " +
                                          std::to_string(base->size()) + " bytes, the pack was made for " +
                                          std::to_string(table.base_size));
  return {};
}

std::size_t segment_at_target(const PackTable& table, std::uint64_t offset) {
  const auto after = std::ranges::upper_bound(table.segments, offset, {}, &Segment::target_offset);
  return static_cast<std::size_t>(after - table.segments.begin()) - 1;
}

std::size_t segment_at(const PackTable& table, std::uint64_t plain) {
  const auto after = std::ranges::upper_bound(table.segments, plain, {}, &Segment::plain_offset);
  return static_cast<std::size_t>(after - table.segments.begin()) - 1;
}

}  // namespace

Assembler::Assembler(const PackTable& table, const ByteSource& pack, const ByteSource* base)
    : table_(table), base_(base), parts_(std::make_unique<Parts>(table, pack, base)) {}
Assembler::~Assembler() = default;

void Assembler::use_written(const ByteSource& image, std::uint64_t end) {
  written_ = &image;
  written_end_ = end;
  parts_->decoder.use_target(image);
}

Result<ByteView> Assembler::decode(std::size_t segment_index) {
  CHECK(segment_index < table_.segments.size());
  const Segment& segment = table_.segments[segment_index];
  if (parts_->closer) parts_->closer->release();
  Result<ByteView> bytes = is_opened(segment) ? decode_opened(segment_index) : decode_unopened(segment);
  if (!bytes) return fail(std::move(bytes.error()), "segment " + std::to_string(segment_index));
  return bytes;
}

bool Assembler::is_opened(const Segment& segment) const {
  return parts_->closer && parts_->closer->is_opened(segment);
}

Result<void> Assembler::check_inputs(const Segment& segment) {
  fault_ = DecodeFault::pack;
  Result<void> within = check_limits(segment, is_opened(segment));
  if (within) within = check_written(segment);
  if (!within || !needs_base(segment)) return within;
  Result<void> based = check_base(table_, base_);
  if (!based) fault_ = DecodeFault::base;
  return based;
}

Result<void> Assembler::check_written(const Segment& segment) const {
  for (const ByteRange& range : segment.target_ranges)
    if (written_ == nullptr || range.length > written_end_ || range.offset > written_end_ - range.length)
      return fail(ErrorKind::usage, "it refers to segments before it that are not written yet");
  return {};
}

std::optional<std::size_t> Assembler::find_changed(const std::vector<ByteRange>& ranges) const {
  Bytes bytes;
  for (const ByteRange& range : ranges) {
    for (std::size_t i = segment_at_target(table_, range.offset);
         i < table_.segments.size() && table_.segments[i].target_offset < range.end(); ++i) {
      bytes.resize(table_.segments[i].target_length);
      Result<void> read = written_->read(table_.segments[i].target_offset, bytes);
      if (!read || sha256(bytes) != table_.segments[i].digest) return i;
    }
  }
  return std::nullopt;
}

Result<ByteView> Assembler::decode_plain(const Segment& segment) {
  Result<void> ready = check_inputs(segment);
  if (!ready) return fail(std::move(ready.error()));
  Result<ByteView> plain = parts_->decoder.decode(segment);
  if (!plain && plain.error().kind == ErrorKind::bad_image) return blame(segment, plain.error().message);
  // Wrong plain bytes may not show before a later segment, and would then look like the codec's fault.
  if (plain && is_opened(segment) && check_of(*plain) != segment.plain_check)
    return blame(segment, "its plain bytes differ");
  return plain;
}

Result<ByteView> Assembler::decode_unopened(const Segment& segment) {
  Result<ByteView> bytes = decode_plain(segment);
  if (!bytes) return bytes;
  const bool is_zero = segment.encoding == SegmentEncoding::zero;
  const Digest digest = is_zero ? parts_->zero_digests.of(*bytes) : sha256(*bytes);
  if (digest != segment.digest) return blame(segment, "the SHA-256 of its bytes differs");
  return bytes;
}

Result<ByteView> Assembler::decode_opened(std::size_t index) {
  Result<void> ready = stand_before(index);
  Result<ByteView> bytes = ready ? close(table_.segments[index]) : fail(std::move(ready.error()));
  const bool may_be_written_wrong =
      !bytes && replayed_ && bytes.error().kind == ErrorKind::bad_image && fault_ == DecodeFault::codec;
  if (!may_be_written_wrong) return bytes;
  // Perhaps what was written is not what it should be: once more without it.
  written_ = nullptr;
  parts_->closer->forget();
  return decode_opened(index);
}

// Makes the closer hold what it would hold had all segments before been decoded in order.
Result<void> Assembler::stand_before(std::size_t index) {
  SegmentCloser& closer = *parts_->closer;
  const Segment& segment = table_.segments[index];
  if (closer.stands_before(segment)) return {};
  replayed_ = false;
  closer.stand_clean_before(segment);
  if (closer.stands_before(segment)) return {};
  if (written_ != nullptr && written_end_ >= segment.target_offset) {
    replayed_ = closer.replay(*written_, segment);
    if (!replayed_) closer.stand_clean_before(segment);
  }
  for (std::size_t i = segment_at(table_, closer.plain_position()); i < index; ++i) {
    const Segment& earlier = table_.segments[i];
    Result<ByteView> plain = decode_plain(earlier);
    if (!plain) return fail(std::move(plain.error()), "going on inside it, segment " + std::to_string(i));
    Result<void> skipped = closer.skip(plain->subspan(closer.plain_position() - earlier.plain_offset));
    if (!skipped) return blame_codec(skipped.error().message);
  }
  if (closer.stands_before(segment)) return {};
  closer.forget();
  return blame_codec("going on inside it, the segments before close to another length");
}

Result<ByteView> Assembler::close(const Segment& segment) {
  Result<ByteView> plain = decode_plain(segment);
  if (!plain) return plain;
  parts_->decoder.release_inputs();
  Result<ByteView> bytes = parts_->closer->close(segment, *plain);
  if (!bytes && bytes.error().kind == ErrorKind::bad_image) return blame_codec(bytes.error().message);
  if (bytes && sha256(*bytes) != segment.digest) {
    parts_->closer->forget();
    return blame_codec("the SHA-256 of its bytes differs");
  }
  return bytes;
}

// Only asked after a failure, so that a good segment is hashed once.
tl::unexpected<Error> Assembler::blame(const Segment& segment, const std::string& symptom) {
  fault_ = DecodeFault::pack;
  if (!parts_->decoder.frame_is_whole(segment))
    return fail(ErrorKind::bad_image, "its frame in the pack is damaged, fetch it again: " + symptom);
  const std::optional<std::size_t> changed = find_changed(segment.target_ranges);
  if (changed) {
    fault_ = DecodeFault::written;
    return fail(ErrorKind::bad_image, "what was written of segment " + std::to_string(*changed) +
                                          " is not there any more, write it again: " + symptom);
  }
  if (!needs_base(segment)) return fail(ErrorKind::bad_image, "the segment table is wrong: " + symptom);
  fault_ = DecodeFault::base;
  return fail(ErrorKind::bad_image,
              "the base image does not match, it should be " + table_.base_id->hex() + ": " + symptom);
}

tl::unexpected<Error> Assembler::blame_codec(const std::string& symptom) {
  fault_ = DecodeFault::codec;
  return fail(ErrorKind::bad_image,
              "the codecs here (" + codec_versions() +
                  ") close compressed content otherwise than those the pack was made with (" +
                  (table_.codecs.empty() ? "unnamed" : table_.codecs) + "), use the full pack: " + symptom);
}

}  // namespace dunlin
