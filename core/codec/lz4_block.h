#pragma once
#include <memory>
#include <optional>

#include "core/codec/stream_codec.h"

namespace dunlin {

// Bare lz4 blocks of up to 8 MiB (squashfs).
// `acceleration`: 1 and more; LZ4_compress_fast.
std::unique_ptr<BlockCodec> make_lz4_block_codec(int acceleration);
// `level`: 1 to 12; LZ4_compress_HC.
std::unique_ptr<BlockCodec> make_lz4hc_block_codec(int level);

// Decodes one untrusted block into the front of `plain`; how many bytes it held. Nothing: damaged, or more
// than plain.size().
std::optional<std::size_t> open_lz4_block(ByteView packed, ByteSpan plain);

std::string lz4_version();  // of the library in use: "1.9.4"

}  // namespace dunlin
