#pragma once
#include "core/base/bytes.h"

namespace dunlin {

// One stream of a difference frame, compressed for itself by whatever makes it smallest
// (docs/pack-format.md, "Difference frames").

// Deterministic. `level` is zstd's; from lzma_level_min on LZMA is tried too, and taken where it wins enough
// to pay for its slower decoding. device: no memory.
Result<void> write_packed_stream(ByteWriter& writer, ByteView plain, int level);

inline constexpr int lzma_level_min = 10;

// Total: reads one stream from where `reader` stands. bad_image: damaged, or longer than `plain_max`, which
// is asked before any memory is taken.
Result<Bytes> read_packed_stream(ByteReader& reader, std::uint64_t plain_max);

}  // namespace dunlin
