#pragma once
#include <memory>

#include "core/codec/stream_codec.h"

namespace dunlin {

// Bare LZO1X blocks of up to 8 MiB, optimized after packing (squashfs).

// The algorithms of liblzo2 by squashfs's numbers: 0 lzo1x_1, 1 lzo1x_1_11, 2 lzo1x_1_12, 3 lzo1x_1_15,
// 4 lzo1x_999; `level`: 1 to 9, of the last one only. Nothing: another number or level.
std::unique_ptr<BlockCodec> make_lzo_block_codec(std::uint32_t algorithm, std::uint32_t level);

std::string lzo1x_version();  // of the library in use: "2.10"

}  // namespace dunlin
