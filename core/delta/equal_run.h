#pragma once
#include <algorithm>
#include <bit>
#include <cstring>

#include "core/base/bytes.h"

namespace dunlin {

// How many bytes two views have in common from their beginning.
inline std::size_t equal_run(ByteView a, ByteView b, std::size_t known_equal = 0) {
  static_assert(std::endian::native == std::endian::little);
  const std::size_t end = std::min(a.size(), b.size());
  std::size_t i = known_equal;
  for (; i + 8 <= end; i += 8) {
    std::uint64_t x = 0;
    std::uint64_t y = 0;
    std::memcpy(&x, a.data() + i, 8);
    std::memcpy(&y, b.data() + i, 8);
    if (x != y) return i + static_cast<std::size_t>(std::countr_zero(x ^ y)) / 8;
  }
  while (i < end && a[i] == b[i]) ++i;
  return i;
}

}  // namespace dunlin
