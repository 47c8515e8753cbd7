#pragma once
#include <cstdint>

namespace dunlin {

// Steps as short varints: 0, -1, 1, -2, ... become 0, 1, 2, 3, ...; arithmetic is modulo 2^64.

constexpr std::uint64_t zigzag_of(std::uint64_t step) {
  return (step << 1) ^ (~(step >> 63) + 1);
}

constexpr std::uint64_t from_zigzag(std::uint64_t value) {
  return (value >> 1) ^ (~(value & 1) + 1);
}

}  // namespace dunlin
