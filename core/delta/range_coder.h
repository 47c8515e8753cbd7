#pragma once
#include <algorithm>
#include <array>
#include <bit>

#include "core/base/bytes.h"

namespace dunlin {

// Adaptive binary range coding: each decision costs about -log2 of the chance it was given. Coder and decoder
// have the same calls, so that one piece of code describes a model for both (difference_coder.cc).

// The chance of a decision being true, learnt from those before: the mean of a fast and a slow learner, which
// both start with the mean of what they have seen.
class Chance {
 public:
  // In [1, 4095] of 4096.
  std::uint32_t of_true() const {
    const std::uint32_t both = (std::uint32_t{fast_} + slow_) >> 5;
    return both == 0 ? 1 : both;
  }
  void learn(bool bit) {
    const std::int32_t goal = bit ? 65'535 : 0;
    fast_ = nearer(fast_, goal, steps[std::min(seen_, fast_seen_max)]);
    slow_ = nearer(slow_, goal, steps[seen_]);
    if (seen_ < slow_seen_max) ++seen_;
  }

 private:
  static constexpr std::uint8_t fast_seen_max = 12;
  static constexpr std::uint8_t slow_seen_max = 120;
  // How far to go towards the n-th bit seen, of 65,536.
  static constexpr std::array<std::int32_t, slow_seen_max + 1> steps = [] {
    std::array<std::int32_t, slow_seen_max + 1> made{};
    for (std::int32_t n = 0; n <= slow_seen_max; ++n)
      made[static_cast<std::size_t>(n)] = 131'072 / (2 * n + 3);
    return made;
  }();
  static std::uint16_t nearer(std::uint16_t value, std::int32_t goal, std::int32_t step) {
    return static_cast<std::uint16_t>(value + ((goal - value) / 2 * step >> 15));
  }

  std::uint16_t fast_ = 32'768;
  std::uint16_t slow_ = 32'768;
  std::uint8_t seen_ = 0;
};

class RangeEncoder {
 public:
  bool bit(Chance& chance, bool value);
  // What was coded; nothing may be coded afterwards.
  Bytes finish();

 private:
  void shift_low();

  Bytes bytes_;
  std::uint64_t low_ = 0;
  std::uint64_t held_ = 0;  // bytes whose carry is not known yet, the first being cache_
  std::uint32_t range_ = 0xffff'ffff;
  std::uint8_t cache_ = 0xff;
};

// Total: behind the end of the bytes come zeros; overran() tells.
class RangeDecoder {
 public:
  explicit RangeDecoder(ByteView bytes);
  bool bit(Chance& chance, bool ignored = false);
  // Whether all bytes were read and no more: false for what was cut short or continued.
  bool is_exhausted() const { return position_ == bytes_.size(); }

 private:
  std::uint8_t next() { return position_++ < bytes_.size() ? bytes_[position_ - 1] : std::uint8_t{0}; }

  ByteView bytes_;
  std::size_t position_ = 0;
  std::uint32_t range_ = 0xffff'ffff;
  std::uint32_t code_ = 0;
};

inline bool RangeEncoder::bit(Chance& chance, bool value) {
  const std::uint32_t bound = (range_ >> 12) * chance.of_true();
  if (value) {
    range_ = bound;
  } else {
    low_ += bound;
    range_ -= bound;
  }
  chance.learn(value);
  while (range_ < (1u << 24)) {
    range_ <<= 8;
    shift_low();
  }
  return value;
}

inline bool RangeDecoder::bit(Chance& chance, bool) {
  const std::uint32_t bound = (range_ >> 12) * chance.of_true();
  const bool value = code_ < bound;
  if (value) {
    range_ = bound;
  } else {
    code_ -= bound;
    range_ -= bound;
  }
  chance.learn(value);
  while (range_ < (1u << 24)) {
    range_ <<= 8;
    code_ = code_ << 8 | next();
  }
  return value;
}

// A number of `bits` bits, most significant first, each bit in the context of those above it.
template <std::size_t bits>
struct BitTree {
  std::array<Chance, std::size_t{1} << bits> chances{};

  template <class Coder>
  std::uint32_t code(Coder& coder, std::uint32_t value) {
    std::uint32_t node = 1;
    for (std::size_t i = bits; i-- > 0;)
      node = node << 1 | (coder.bit(chances[node], (value >> i & 1) != 0) ? 1u : 0u);
    return node - (1u << bits);
  }
};

// A number of up to 64 bits: its length first, then its upper bits in context, the rest nearly as they are.
struct NumberTree {
  BitTree<7> lengths;
  std::array<std::array<Chance, 16>, 65> uppers{};
  std::array<std::array<Chance, 64>, 65> lowers{};

  template <class Coder>
  std::uint64_t code(Coder& coder, std::uint64_t value) {
    const std::uint32_t length =
        std::min(lengths.code(coder, static_cast<std::uint32_t>(std::bit_width(value))), 64u);
    if (length < 2) return length;
    std::uint64_t number = 1;
    for (std::uint32_t i = length - 1; i-- > 0;) {
      Chance& chance = number < 16 ? uppers[length][number] : lowers[length][i];
      number = number << 1 | (coder.bit(chance, (value >> i & 1) != 0) ? 1u : 0u);
    }
    return number;
  }
};

inline std::uint64_t zigzag(std::uint64_t difference) {
  return (difference << 1) ^ (0 - (difference >> 63));
}

inline std::uint64_t unzigzag(std::uint64_t value) {
  return (value >> 1) ^ (0 - (value & 1));
}

}  // namespace dunlin
