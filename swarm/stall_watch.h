#pragma once
#include <optional>

#include "core/base/clock.h"

namespace dunlin {

// How long silence lasts until it means that the way to the seeder is gone. Thin links are silent between two
// packets, so it follows the gaps between arrivals. Pure.
class StallWatch {
 public:
  // Between `least` and four times that.
  explicit StallWatch(std::chrono::milliseconds least) : least_(least) {}

  // Bytes came.
  void on_bytes(SteadyTime now);
  // The next bytes belong to another request: the time in between says nothing about the link.
  void on_pause() { last_.reset(); }
  // Eight mean gaps.
  std::chrono::milliseconds patience() const;

 private:
  std::chrono::milliseconds least_;
  std::optional<SteadyTime> last_;
  std::int64_t mean_gap_us_ = 0;
};

// Everybody at the site gave way this many times without a byte: the link itself is gone, so whoever leads
// stays longer each time and goes on trying, up to 20 s.
std::chrono::milliseconds patience_in_round(std::chrono::milliseconds patience, unsigned round);

}  // namespace dunlin
