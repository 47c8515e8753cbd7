#pragma once
#include <deque>

#include "core/base/clock.h"

namespace dunlin {

// Bytes a second over about the last five seconds.
class RateMeter {
 public:
  // `total` never shrinks.
  void note(std::uint64_t total, SteadyTime now) {
    samples_.push_back({now, total});
    while (samples_.size() > 2 && now - samples_.front().when > std::chrono::seconds(5)) samples_.pop_front();
  }
  std::uint64_t rate() const {
    if (samples_.size() < 2) return 0;
    const auto elapsed = (samples_.back().when - samples_.front().when).count();
    if (elapsed <= 0) return 0;
    return (samples_.back().total - samples_.front().total) * 1000 / static_cast<std::uint64_t>(elapsed);
  }

 private:
  struct Sample {
    SteadyTime when;
    std::uint64_t total;
  };
  std::deque<Sample> samples_;
};

}  // namespace dunlin
