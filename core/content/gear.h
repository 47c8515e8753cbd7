#pragma once
#include <array>
#include <cstdint>

namespace dunlin {

// The gear hash's table: one random word per byte value, from splitmix64 with a fixed seed. Chunk boundaries
// and fingerprints depend on it: never change it.
inline constexpr std::uint64_t gear_seed = 0x64756E6C696E0001;  // "dunlin", 1

constexpr std::array<std::uint64_t, 256> make_gear_table() {
  std::array<std::uint64_t, 256> table{};
  std::uint64_t state = gear_seed;
  for (std::uint64_t& word : table) {
    state += 0x9E3779B97F4A7C15;
    word = state;
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9;
    word = (word ^ (word >> 27)) * 0x94D049BB133111EB;
    word ^= word >> 31;
  }
  return table;
}

inline constexpr std::array<std::uint64_t, 256> gear_table = make_gear_table();

// Rolls one byte in; bit n of the hash depends on the last n + 1 bytes.
constexpr std::uint64_t gear_roll(std::uint64_t hash, std::uint8_t byte) {
  return (hash << 1) + gear_table[byte];
}

}  // namespace dunlin
