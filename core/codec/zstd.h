#pragma once
#include <memory>
#include <string>

#include "core/base/bytes.h"

namespace dunlin {

// The only door to zstd. Both classes keep their context from call to call and belong to one thread.
// A frame states its exact content size, holds no dictionary id and no checksum (SHA-256 is checked outside).

// The library's version, "1.5.4": another one may compress the same bytes differently.
std::string zstd_version();

inline constexpr int codec_level_min = 1;
inline constexpr int codec_level_max = 22;

class Compressor {
 public:
  // `level` is clamped to [codec_level_min, codec_level_max].
  explicit Compressor(int level);
  ~Compressor();
  Compressor(Compressor&&) noexcept;
  Compressor& operator=(Compressor&&) noexcept;

  // One frame of `bytes`, which may refer to `prefix` (the decoder needs the same prefix). The result stays
  // valid until the next call and depends only on the arguments, the level and the zstd version.
  // Together at most codec_window_size bytes (else usage); device: no memory.
  Result<ByteView> compress(ByteView bytes, ByteView prefix);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// Every byte of a prefix stays in reach of every byte of a segment.
inline constexpr std::size_t codec_window_size = 1u << 24;

class Decompressor {
 public:
  Decompressor();
  ~Decompressor();
  Decompressor(Decompressor&&) noexcept;
  Decompressor& operator=(Decompressor&&) noexcept;

  // Decodes exactly one frame into exactly `out`. Needs a fixed context (about 160 KiB) besides the
  // arguments, whatever the frame says. bad_image: truncated, trailing bytes, another size than out.size(),
  // damaged, or another prefix than it was made with; `out` is then undefined.
  Result<void> decompress(ByteView frame, ByteView prefix, ByteSpan out);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace dunlin
