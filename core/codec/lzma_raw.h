#pragma once
#include <cstdint>

#include "core/base/bytes.h"

namespace dunlin {

// Headerless LZMA streams (the raw LZMA1 of liblzma, with its end marker), for small streams whose size is
// known outside. Slower to decode than zstd, and shorter.

// How a stream models its bytes: literal context bits, literal position bits, position bits. lc + lp <= 4.
struct LzmaModel {
  std::uint8_t lc = 3;
  std::uint8_t lp = 0;
  std::uint8_t pb = 2;
  bool operator==(const LzmaModel&) const = default;
};

// Stated by the format: decoders allocate no more for the window, whatever the stream.
inline constexpr std::size_t lzma_window_max = 4u << 20;

// Deterministic for given arguments and liblzma version. device: no memory.
Result<Bytes> compress_lzma(ByteView bytes, LzmaModel model);

// Decodes exactly one stream into exactly `out`. Memory: a window as long as `out`, at most lzma_window_max,
// and about 64 KiB. bad_image: damaged, cut short, trailing bytes, another size; `out` is then undefined.
Result<void> decompress_lzma(ByteView stream, LzmaModel model, ByteSpan out);

}  // namespace dunlin
