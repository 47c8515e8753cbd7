#pragma once
#include <memory>

#include "core/codec/stream_codec.h"

namespace dunlin {

// One zstd frame a block, as ZSTD_compressCCtx writes it (squashfs): content size stated, no checksum.
// Blocks may not hold more than 8 MiB. `level`: clamped to what zstd knows.
std::unique_ptr<BlockCodec> make_zstd_block_codec(int level);

}  // namespace dunlin
