#include "swarm/stall_watch.h"

#include <algorithm>

namespace dunlin {

namespace {

constexpr int gaps_of_patience = 8;
constexpr int patience_span = 4;
constexpr int smoothing = 16;  // arrivals that make up the mean
constexpr std::chrono::milliseconds round_max{20'000};

}  // namespace

void StallWatch::on_bytes(SteadyTime now) {
  if (last_) {
    const std::int64_t gap = std::chrono::microseconds(now - *last_).count();
    mean_gap_us_ += (gap - mean_gap_us_) / smoothing;
  }
  last_ = now;
}

std::chrono::milliseconds StallWatch::patience() const {
  const std::chrono::milliseconds wanted(mean_gap_us_ * gaps_of_patience / 1000);
  return std::clamp(wanted, least_, least_ * patience_span);
}

std::chrono::milliseconds patience_in_round(std::chrono::milliseconds patience, unsigned round) {
  const std::chrono::milliseconds longer = patience * (1 << std::min(round, 6u));
  return std::max(patience, std::min(longer, round_max));
}

}  // namespace dunlin
