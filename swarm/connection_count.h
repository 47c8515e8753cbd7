#pragma once
#include <cstdint>
#include <optional>

#include "core/base/clock.h"

namespace dunlin {

// How many requests are under way at a time: as many as make a fetch faster, none more. Climbs: tries one
// more for a while and keeps it when at least 15 % more comes; tries one less and keeps that when as much
// comes. Two at least: the answer to one covers the pause between two others. Three on a thin line: where 5 %
// of the packets are lost, two left it empty for a hundredth of the time; on a faster line one more is only
// one more piece that a leader loses with its link. Begins with three, as a thin line has no time to lose,
// and tries first whether two bring as much. Pure.
class ConnectionCount {
 public:
  static constexpr int least = 2;
  static constexpr int least_on_thin_line = 3;
  static constexpr std::uint64_t thin_line = 250'000;  // bytes a second
  static constexpr int most = 6;

  // Bytes of any answer came.
  void on_bytes(std::uint64_t bytes, SteadyTime now);
  // A request failed, or there was nothing to ask for: what is being measured says nothing about the count.
  void on_pause();

  int value() const { return count_; }

 private:
  void conclude(std::uint64_t rate, SteadyTime now);
  void begin_trial(SteadyTime now);
  void change(int by);
  // Nothing to try for a while, ever longer.
  void rest(SteadyTime now);

  int count_ = least_on_thin_line;
  int least_ = least_on_thin_line;  // for the rate that was measured last
  int direction_ = -1;              // of the trial that runs, or of the next one
  bool trying_ = false;             // one more or one less than what is kept
  bool last_helped_ = true;         // the last trial
  std::uint64_t rate_ = 0;          // bytes a second with what is kept
  std::uint64_t bytes_ = 0;
  std::optional<SteadyTime> measured_from_;
  SteadyTime next_trial_{};
  std::chrono::milliseconds pause_{0};
};

}  // namespace dunlin
