#pragma once
#include <memory>

#include "core/codec/stream_codec.h"

namespace dunlin {

// One zlib stream (RFC 1950) a block, made by a single deflate() with memory level 8 (squashfs).
struct ZlibBlockShape {
  int level = 9;         // 1 to 9
  int window_bits = 15;  // 8 to 15
  int strategy = 0;      // zlib's numbers, 0 to 4
};

// Nothing: a shape that zlib does not know.
std::unique_ptr<BlockCodec> make_zlib_block_codec(const ZlibBlockShape& shape);

std::string deflate_version();  // of the library in use: "1.2.13"

}  // namespace dunlin
