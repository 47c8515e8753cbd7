#include "core/expand/squashfs_packing.h"

namespace dunlin {

namespace {

constexpr std::size_t options_size_max = 16;
constexpr std::uint16_t stored_flag = 0x8000;
constexpr std::uint32_t lz4_high_compression = 1;
constexpr std::uint32_t lz4hc_level = 12;
constexpr std::uint32_t xz_preset = 6;
constexpr std::uint32_t xz_filter_count = 6;
constexpr std::uint32_t zlib_strategy_count = 5;

// The body of the stored options, empty when there is none that can be read.
Result<Bytes> read_options(const ByteSource& image, const SquashfsSuper& super) {
  if (!super.has_options()) return Bytes();
  const std::uint64_t left =
      super.bytes_used - std::min<std::uint64_t>(super.bytes_used, squashfs_super_size);
  Bytes bytes(static_cast<std::size_t>(std::min<std::uint64_t>(left, 2 + options_size_max)));
  Result<void> read = image.read(squashfs_super_size, bytes);
  if (!read) return fail(std::move(read.error()));
  ByteReader reader(bytes);
  const std::uint16_t header = reader.u16();
  const ByteView body = reader.bytes(header & 0x7FFFU);
  if (!reader.ok() || (header & stored_flag) == 0) return Bytes();
  return Bytes(body.begin(), body.end());
}

std::vector<Packing> zlib_packings(ByteReader reader, bool stored) {
  const std::uint32_t level = stored ? reader.u32() : 9;
  const std::uint32_t window_bits = stored ? reader.u16() : 15;
  const std::uint32_t strategies = stored ? reader.u16() : 0;
  std::vector<Packing> packings;
  for (std::uint32_t strategy = 0; strategy < zlib_strategy_count; ++strategy)
    if (strategies == 0 ? strategy == 0 : (strategies >> strategy & 1) != 0)
      packings.push_back({PackingKind::zlib_block, {level, window_bits, strategy}});
  return packings;
}

std::vector<Packing> xz_packings(ByteReader reader, bool stored, std::uint32_t block_size) {
  const std::uint32_t dictionary = stored ? reader.u32() : block_size;
  const std::uint32_t filters = stored ? reader.u32() : 0;
  std::vector<Packing> packings = {{PackingKind::xz_block, {xz_preset, dictionary, 0}}};
  for (std::uint32_t filter = 1; filter <= xz_filter_count; ++filter)
    if ((filters >> (filter - 1) & 1) != 0)
      packings.push_back({PackingKind::xz_block, {xz_preset, dictionary, filter}});
  return packings;
}

std::vector<Packing> lz4_packings(ByteReader reader) {
  reader.u32();  // version
  if ((reader.u32() & lz4_high_compression) != 0) return {{PackingKind::lz4hc_block, {lz4hc_level, 0, 0}}};
  return {{PackingKind::lz4_block, {1, 0, 0}}};
}

}  // namespace

Result<std::vector<Packing>> squashfs_packings(const ByteSource& image, const SquashfsSuper& super) {
  const Result<Bytes> options = read_options(image, super);
  if (!options) return fail(Error(options.error()));
  ByteReader reader(*options);
  const bool stored = options->size() >= 4;
  switch (super.compressor) {
    case SquashfsCompressor::gzip:
      return zlib_packings(reader, stored);
    case SquashfsCompressor::lzo: {
      const std::uint32_t algorithm = stored ? reader.u32() : 4;
      const std::uint32_t level = stored ? reader.u32() : 8;
      return std::vector<Packing>{{PackingKind::lzo_block, {algorithm, level, 0}}};
    }
    case SquashfsCompressor::xz:
      return xz_packings(reader, stored, super.block_size);
    case SquashfsCompressor::lz4:
      return lz4_packings(reader);
    case SquashfsCompressor::zstd:
      return std::vector<Packing>{{PackingKind::zstd_block, {stored ? reader.u32() : 15, 0, 0}}};
    case SquashfsCompressor::lzma:
      return std::vector<Packing>{};
  }
  return std::vector<Packing>{};
}

}  // namespace dunlin
