#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <vector>

#include "core/base/bytes.h"

namespace dunlin {

// Remembers how far addresses moved from the old program to the new one: what moved by how much is asked by
// the exact address first, then by its neighbourhood. Takes at most 512 KiB.
class ShiftMemory {
 public:
  struct Guess {
    std::uint32_t shift = 0;
    std::uint32_t closeness =
        0;                    // 0: nothing known; else 1 (same neighbourhood) to closeness_max (same address)
    std::uint32_t trust = 0;  // 0..3: how often it was right before
  };
  static constexpr std::uint32_t closeness_max = 4;

  // Remembers the more the longer the segment; part of the format.
  explicit ShiftMemory(std::size_t segment_size)
      : slot_bits_(std::clamp(static_cast<int>(std::bit_width(segment_size / 256)), 6, 14)),
        entries_(std::size_t{closeness_max} << slot_bits_) {}

  Guess guess(std::uint32_t address) const {
    for (std::uint32_t level = 0; level < closeness_max; ++level) {
      const Entry& entry = entries_[slot_of(address, level)];
      if (entry.used && entry.tag == tag_of(address, level))
        return {entry.shift, closeness_max - level, entry.trust};
    }
    return {};
  }

  void learn(std::uint32_t address, std::uint32_t shift) {
    for (std::uint32_t level = 0; level < closeness_max; ++level) {
      Entry& entry = entries_[slot_of(address, level)];
      const std::uint16_t tag = tag_of(address, level);
      if (!entry.used || entry.tag != tag) {
        entry = {shift, tag, true, 0};
      } else if (entry.shift == shift) {
        if (entry.trust < 3) ++entry.trust;
      } else {
        entry.shift = shift;
        entry.trust = 0;
      }
    }
  }

 private:
  static constexpr std::array<std::uint32_t, closeness_max> neighbourhood_bits = {0, 6, 10, 15};

  struct Entry {
    std::uint32_t shift = 0;
    std::uint16_t tag = 0;
    bool used = false;
    std::uint8_t trust = 0;
  };

  static std::uint32_t mixed(std::uint32_t address, std::uint32_t level) {
    return (address >> neighbourhood_bits[level]) * 0x9e37'79b1u;
  }
  std::size_t slot_of(std::uint32_t address, std::uint32_t level) const {
    return (std::size_t{level} << slot_bits_) + (mixed(address, level) >> (32 - slot_bits_));
  }
  static std::uint16_t tag_of(std::uint32_t address, std::uint32_t level) {
    return static_cast<std::uint16_t>(mixed(address, level) >> 2);
  }

  int slot_bits_;
  std::vector<Entry> entries_;
};

}  // namespace dunlin
