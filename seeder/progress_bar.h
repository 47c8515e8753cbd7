#pragma once
#include <cstdio>
#include <string>

#include "core/base/clock.h"

namespace dunlin {

// "rootfs: full pack [#####-----] 52 %  14.2 MiB/s  0:31 left", at most `width` columns.
std::string format_progress(const std::string& step, std::uint64_t done, std::uint64_t total,
                            std::chrono::milliseconds elapsed, std::size_t width);

// Shows how far a long job is: a bar that redraws itself on a terminal, else a line for each tenth. Calls
// must be serialised.
class ProgressBar {
 public:
  ProgressBar(std::FILE* out, bool is_terminal, const Clock& clock)
      : out_(out), is_terminal_(is_terminal), clock_(clock) {}
  ~ProgressBar() { finish_step(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void update(const std::string& step, std::uint64_t done, std::uint64_t total);
  // Ends the line of the current step; other output may follow.
  void finish_step();

 private:
  void begin_step(const std::string& step);

  std::FILE* out_;
  bool is_terminal_;
  const Clock& clock_;
  std::string step_;
  SteadyTime began_;
  SteadyTime drawn_;
  std::uint64_t tenth_ = 0;
};

}  // namespace dunlin
