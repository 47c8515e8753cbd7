#include "core/expand/frame_measure.h"

#include "core/codec/lz4_block.h"
#include "core/codec/lz4_legacy.h"
#include "core/codec/lzma_xz.h"
#include "core/codec/zlib_stream.h"
#include "core/codec/zstd_stream.h"

namespace dunlin {

namespace {

constexpr std::size_t read_size = 64u << 10;
constexpr std::size_t plain_step = 256u << 10;
constexpr std::size_t zstd_checksum_size = 4;
constexpr std::size_t zstd_header_max = 18;

using Found = Result<std::optional<FoundRun>>;

// Up to `count` bytes, fewer where the space ends.
Result<Bytes> read_some(const ByteSource& space, std::uint64_t offset, std::size_t count) {
  Bytes bytes(static_cast<std::size_t>(
      std::min<std::uint64_t>(count, space.size() - std::min(offset, space.size()))));
  if (bytes.empty()) return bytes;
  Result<void> read = space.read(offset, bytes);
  if (!read) return fail(std::move(read.error()));
  return bytes;
}

struct Extent {
  std::uint64_t packed = 0;
  std::uint64_t plain = 0;
};

// Decodes from `begin` until the decoder says that it ended.
Result<std::optional<Extent>> measure_stream(const ByteSource& space, std::uint64_t begin,
                                             StreamDecoder& decoder, std::uint64_t plain_max,
                                             DecodeBudget& budget) {
  Extent extent;
  Bytes plain(plain_step);
  while (!decoder.ended()) {
    Result<Bytes> packed = read_some(space, begin + extent.packed, read_size);
    if (!packed) return fail(std::move(packed.error()));
    std::size_t used = 0;
    for (bool moved = true; moved && !decoder.ended();) {
      const Result<StreamProgress> step = decoder.decode(ByteView(*packed).subspan(used), plain);
      if (!step) return std::nullopt;
      used += step->consumed;
      extent.plain += step->produced;
      if (extent.plain > plain_max || step->produced > budget.left) return std::nullopt;
      budget.left -= step->produced;
      moved = step->consumed > 0 || step->produced > 0;
    }
    extent.packed += used;
    if (used == 0 && !decoder.ended()) return std::nullopt;
  }
  return extent;
}

Found found_run(const Result<std::optional<Extent>>& extent, std::uint64_t begin, const Packing& packing) {
  if (!extent) return fail(Error(extent.error()));
  if (!*extent) return std::nullopt;
  return FoundRun{.packed_begin = begin,
                  .packed_length = (*extent)->packed,
                  .plain_length = (*extent)->plain,
                  .packing = packing};
}

Found measure_zstd(const ByteSource& space, std::uint64_t begin, std::uint64_t plain_max,
                   DecodeBudget& budget) {
  Result<Bytes> front = read_some(space, begin, zstd_header_max);
  if (!front) return fail(std::move(front.error()));
  const std::optional<ZstdFrameFacts> facts = read_zstd_frame_facts(*front);
  if (!facts || facts->window_size > expand_window_max) return std::nullopt;
  const std::uint32_t flags = (facts->content_size ? 1U : 0U) | (facts->has_checksum ? 2U : 0U);
  Found found = found_run(measure_stream(space, begin, *make_zstd_stream_decoder(), plain_max, budget), begin,
                          {.kind = PackingKind::zstd_stream, .parameters = {9, 1, flags}});
  if (found && *found && facts->has_checksum) (*found)->packed_length -= zstd_checksum_size;
  return found;
}

// Says nowhere where it ends: with a block that is not full, or where no block follows.
Found measure_lz4_legacy(const ByteSource& space, std::uint64_t begin, std::uint64_t plain_max,
                         DecodeBudget& budget) {
  FoundRun run{.packed_begin = begin,
               .packed_length = 4,
               .plain_length = 0,
               .packing = {.kind = PackingKind::lz4_legacy, .parameters = {12, 0, 0}}};
  Bytes plain(lz4_legacy_block_size);
  for (std::size_t held = plain.size(); held == plain.size();) {
    Result<Bytes> word = read_some(space, begin + run.packed_length, 4);
    if (!word) return fail(std::move(word.error()));
    const std::uint32_t length = ByteReader(*word).u32();
    if (length == 0 || length > lz4_legacy_packed_block_max) break;
    Result<Bytes> packed = read_some(space, begin + run.packed_length + 4, length);
    if (!packed) return fail(std::move(packed.error()));
    if (packed->size() < length) break;
    const std::optional<std::size_t> unpacked = open_lz4_block(*packed, plain);
    // A block that fails may have cost as much as one that does not.
    const std::uint64_t cost = unpacked ? *unpacked : std::min<std::uint64_t>(lz4_legacy_block_size, length);
    if (cost > budget.left) return std::nullopt;
    budget.left -= cost;
    if (!unpacked || *unpacked == 0) break;
    held = *unpacked;
    run.packed_length += 4 + length;
    run.plain_length += held;
    if (run.plain_length > plain_max) return std::nullopt;
  }
  if (run.plain_length == 0) return std::nullopt;
  return run;
}

// The length of the header of RFC 1952; nothing when it does not end soon.
std::optional<std::size_t> gzip_header_length(ByteView front) {
  constexpr std::uint8_t has_crc = 2;
  constexpr std::uint8_t has_extra = 4;
  constexpr std::uint8_t has_name = 8;
  constexpr std::uint8_t has_comment = 16;
  ByteReader reader(front);
  reader.bytes(3);
  const std::uint8_t flags = reader.u8();
  reader.bytes(6);
  if ((flags & has_extra) != 0) reader.bytes(reader.u16());
  for (const std::uint8_t text : {has_name, has_comment})
    if ((flags & text) != 0)
      while (reader.ok() && reader.u8() != 0) {
      }
  if ((flags & has_crc) != 0) reader.u16();
  if (!reader.ok() || flags > 0x1F) return std::nullopt;
  return reader.position();
}

Found measure_gzip(const ByteSource& space, std::uint64_t begin, std::uint64_t plain_max,
                   DecodeBudget& budget) {
  constexpr std::size_t header_max = 1024;
  Result<Bytes> front = read_some(space, begin, header_max);
  if (!front) return fail(std::move(front.error()));
  const std::optional<std::size_t> header = gzip_header_length(*front);
  if (!header) return std::nullopt;
  return found_run(measure_stream(space, begin + *header, *make_inflate_decoder(), plain_max, budget),
                   begin + *header, {.kind = PackingKind::gzip_stream, .parameters = {9, 8, 0}});
}

Found measure_xz(const ByteSource& space, std::uint64_t begin, std::uint64_t plain_max,
                 DecodeBudget& budget) {
  constexpr std::size_t check_offset = 7;
  Result<Bytes> front = read_some(space, begin, check_offset + 1);
  if (!front) return fail(std::move(front.error()));
  if (front->size() <= check_offset) return std::nullopt;
  const std::uint32_t check = (*front)[check_offset];
  return found_run(measure_stream(space, begin, *make_xz_stream_decoder(), plain_max, budget), begin,
                   {.kind = PackingKind::xz_stream, .parameters = {2, check, 0}});
}

}  // namespace

Result<std::optional<FoundRun>> measure_frame(const ByteSource& space, std::uint64_t begin,
                                              FrameFormat format, std::uint64_t plain_max,
                                              DecodeBudget& budget) {
  switch (format) {
    case FrameFormat::zstd:
      return measure_zstd(space, begin, plain_max, budget);
    case FrameFormat::lz4_legacy:
      return measure_lz4_legacy(space, begin, plain_max, budget);
    case FrameFormat::gzip:
      return measure_gzip(space, begin, plain_max, budget);
    case FrameFormat::xz:
      return measure_xz(space, begin, plain_max, budget);
  }
  return std::nullopt;
}

}  // namespace dunlin
