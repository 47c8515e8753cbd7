#pragma once
#include <cstdint>
#include <optional>

#include "core/base/clock.h"

namespace dunlin {

// For how long a count of bytes has not changed. Pure.
class Standstill {
 public:
  void see(std::uint64_t bytes, SteadyTime now) {
    if (since_ && bytes == bytes_) return;
    bytes_ = bytes;
    since_ = now;
  }
  bool has_lasted(std::chrono::milliseconds time, SteadyTime now) const {
    return since_ && now - *since_ >= time;
  }

 private:
  std::uint64_t bytes_ = 0;
  std::optional<SteadyTime> since_;
};

}  // namespace dunlin
