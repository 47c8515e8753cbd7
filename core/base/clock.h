#pragma once
#include <chrono>

namespace dunlin {

using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::milliseconds>;

// Where every decision gets its time from, so that tests and simulations can move it.
class Clock {
 public:
  virtual ~Clock() = default;
  // Wall time in UTC; may be wrong or jump (a device without a clock starts in 1970).
  virtual WallTime now() const = 0;
  // Time that never goes back; for deadlines and rates.
  virtual SteadyTime steady() const = 0;
};

class SystemClock final : public Clock {
 public:
  WallTime now() const override;
  SteadyTime steady() const override;
};

}  // namespace dunlin
