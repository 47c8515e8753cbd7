#include "core/base/clock.h"

namespace dunlin {

WallTime SystemClock::now() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

SteadyTime SystemClock::steady() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::steady_clock::now());
}

}  // namespace dunlin
