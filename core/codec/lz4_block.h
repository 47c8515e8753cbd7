#pragma once
#include <memory>

#include "core/codec/stream_codec.h"

namespace dunlin {

// Bare lz4 blocks of up to 8 MiB (squashfs).
// `acceleration`: 1 and more; LZ4_compress_fast.
std::unique_ptr<BlockCodec> make_lz4_block_codec(int acceleration);
// `level`: 1 to 12; LZ4_compress_HC.
std::unique_ptr<BlockCodec> make_lz4hc_block_codec(int level);

std::string lz4_version();  // of the library in use: "1.9.4"

}  // namespace dunlin
