#pragma once
#include "core/base/bytes.h"

namespace dunlin {

// CRC-32 (IEEE 802.3), as zlib computes it.
std::uint32_t crc32(ByteView bytes);

}  // namespace dunlin
