#pragma once
#include <memory>

#include "core/codec/stream_codec.h"

namespace dunlin {

// Raw deflate streams (RFC 1951) of any length, as zlib makes them with a window of 32 KiB: what is inside of
// a .gz file that was written by zlib. GNU gzip has a deflate of its own, whose streams differ.

// Memory: about 300 KiB. Nothing: a level outside 1 to 9, or a memory level outside 1 to 9.
std::unique_ptr<StreamEncoder> make_deflate_encoder(int level, int memory_level);
std::unique_ptr<StreamDecoder> make_inflate_decoder();

}  // namespace dunlin
