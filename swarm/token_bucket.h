#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>

#include "core/base/clock.h"

namespace dunlin {

// Keeps a flow at a rate: bytes are taken when they have come, and what was too much is waited for. After a
// pause a quarter of a second's bytes may come at once.
class TokenBucket {
 public:
  // Bytes a second; 0: no limit.
  explicit TokenBucket(std::uint64_t rate) : rate_(rate) {}

  // So many bytes came. How long to wait before the next ones are let in.
  std::chrono::milliseconds take(std::uint64_t bytes, SteadyTime now) {
    if (rate_ == 0) return std::chrono::milliseconds(0);
    free_at_ =
        std::max(free_at_, Instant(now - burst)) + std::chrono::microseconds(bytes * 1'000'000 / rate_);
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(free_at_ - now);
    return std::max(wait, std::chrono::milliseconds(0));
  }
  // At most so many bytes should be let in at once, so that the flow is even.
  std::uint64_t portion() const {
    return rate_ == 0 ? std::numeric_limits<std::uint64_t>::max() : std::max(rate_ / 4, portion_min);
  }

 private:
  using Instant = std::chrono::time_point<std::chrono::steady_clock, std::chrono::microseconds>;
  static constexpr std::chrono::milliseconds burst{250};
  static constexpr std::uint64_t portion_min = 256;

  std::uint64_t rate_;
  Instant free_at_{};
};

}  // namespace dunlin
