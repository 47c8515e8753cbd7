#pragma once
#include <memory>

#include "core/codec/stream_codec.h"

namespace dunlin {

// The frame that `lz4 -l` writes and kernels boot from: a magic number, then blocks of 8 MiB, each behind its
// packed length. Memory, to encode or to decode: one block, and what it packs to.

inline constexpr std::uint32_t lz4_legacy_magic = 0x184C2102;
inline constexpr std::size_t lz4_legacy_block_size = 8u << 20;

// `level`: as the lz4 program takes it; up to 2 is fast, 3 to 12 is high compression.
std::unique_ptr<StreamEncoder> make_lz4_legacy_encoder(int level);
// `plain_length`: no more is decoded, and short frames take less memory.
std::unique_ptr<StreamDecoder> make_lz4_legacy_decoder(std::uint64_t plain_length = ~std::uint64_t{0});

inline constexpr std::size_t lz4_legacy_packed_block_max =
    lz4_legacy_block_size + lz4_legacy_block_size / 255 + 16;

}  // namespace dunlin
