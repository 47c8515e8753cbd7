#include "core/delta/packed_stream.h"

#include <array>

#include "core/codec/lzma_raw.h"
#include "core/codec/zstd.h"

namespace dunlin {

namespace {

// The first byte of a stream. From lzma_first on: which of lzma_models.
enum StreamCodec : std::uint8_t { codec_raw = 0, codec_zstd = 1, codec_lzma = 2 };

// Text and code; numbers of four bytes; bytes that say nothing of their neighbours. Part of the format.
constexpr std::array<LzmaModel, 3> lzma_models = {LzmaModel{3, 0, 2}, LzmaModel{0, 2, 2}, LzmaModel{0, 0, 0}};

constexpr std::size_t lzma_size_min = 256;
constexpr std::size_t all_models_size_max = 1u << 20;  // longer streams try the first model only

// LZMA decodes ten times slower than zstd.
bool lzma_pays(std::size_t lzma, std::size_t other) {
  return lzma + 16 + other / 64 < other;
}

struct Packed {
  std::uint8_t codec = codec_raw;
  Bytes bytes;
};

Result<void> try_zstd(Packed& best, ByteView plain, int level) {
  Compressor compressor(level);
  Result<ByteView> frame = compressor.compress(plain, {});
  if (!frame) return fail(std::move(frame.error()));
  if (frame->size() < best.bytes.size()) best = {codec_zstd, Bytes(frame->begin(), frame->end())};
  return {};
}

Result<void> try_lzma(Packed& best, ByteView plain) {
  Packed shortest = best;
  for (std::size_t i = 0; i < lzma_models.size(); ++i) {
    if (i > 0 && plain.size() > all_models_size_max) break;
    Result<Bytes> stream = compress_lzma(plain, lzma_models[i]);
    if (!stream) return fail(std::move(stream.error()));
    if (stream->size() < shortest.bytes.size())
      shortest = {static_cast<std::uint8_t>(codec_lzma + i), std::move(*stream)};
  }
  if (lzma_pays(shortest.bytes.size(), best.bytes.size())) best = std::move(shortest);
  return {};
}

Result<void> unpack_stream(std::uint8_t codec, ByteView packed, ByteSpan plain) {
  if (codec == codec_zstd) return Decompressor().decompress(packed, {}, plain);
  if (codec >= codec_lzma && codec < codec_lzma + lzma_models.size())
    return decompress_lzma(packed, lzma_models[codec - codec_lzma], plain);
  if (codec != codec_raw || packed.size() != plain.size())
    return fail(ErrorKind::bad_image, "a stream of a difference frame is damaged");
  std::copy(packed.begin(), packed.end(), plain.begin());
  return {};
}

}  // namespace

Result<void> write_packed_stream(ByteWriter& writer, ByteView plain, int level) {
  Packed best{codec_raw, Bytes(plain.begin(), plain.end())};
  Result<void> tried = try_zstd(best, plain, level);
  if (tried && level >= lzma_level_min && plain.size() >= lzma_size_min) tried = try_lzma(best, plain);
  if (!tried) return tried;
  writer.u8(best.codec);
  writer.varint(plain.size());
  if (best.codec != codec_raw) writer.varint(best.bytes.size());
  writer.bytes(best.bytes);
  return {};
}

Result<Bytes> read_packed_stream(ByteReader& reader, std::uint64_t plain_max) {
  const std::uint8_t codec = reader.u8();
  const std::uint64_t plain_size = reader.varint();
  const std::uint64_t packed_size = codec == codec_raw ? plain_size : reader.varint();
  const ByteView packed =
      reader.ok() && packed_size <= reader.remaining() ? reader.bytes(packed_size) : ByteView{};
  if (!reader.ok() || packed.size() != packed_size || plain_size > plain_max)
    return fail(ErrorKind::bad_image, "a stream of a difference frame is cut short or too long");
  Bytes plain(plain_size);
  Result<void> unpacked = unpack_stream(codec, packed, plain);
  if (!unpacked) return fail(std::move(unpacked.error()));
  return plain;
}

}  // namespace dunlin
