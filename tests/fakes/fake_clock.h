#pragma once
#include "core/base/clock.h"

namespace dunlin {

// A clock that stands still until a test moves it.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(WallTime start = WallTime(std::chrono::seconds(1'767'225'600)))
      : now_(start) {}  // 2026-01-01

  WallTime now() const override { return now_; }
  SteadyTime steady() const override { return steady_; }

  void advance(std::chrono::milliseconds step) {
    now_ += step;
    steady_ += step;
  }
  // Moves wall time only, as a person or NTP does.
  void set_wall(WallTime now) { now_ = now; }

 private:
  WallTime now_;
  SteadyTime steady_{};
};

}  // namespace dunlin
