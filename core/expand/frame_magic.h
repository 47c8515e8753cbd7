#pragma once
#include <optional>

#include "core/base/bytes.h"

namespace dunlin {

enum class FrameFormat { zstd, lz4_legacy, gzip, xz };

inline constexpr std::size_t frame_magic_max = 6;

// Which frame may begin with these bytes. Fewer than frame_magic_max bytes are enough for those that are
// shorter.
std::optional<FrameFormat> format_at(ByteView bytes);

// The offset of the next place where format_at says yes, or bytes.size().
std::size_t next_magic(ByteView bytes, std::size_t from);

}  // namespace dunlin
