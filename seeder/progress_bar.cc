#include "seeder/progress_bar.h"

#include <fmt/format.h>

namespace dunlin {

namespace {

constexpr std::chrono::milliseconds redraw_interval{100};
constexpr std::size_t bar_width = 24;
constexpr std::size_t terminal_width = 100;

std::uint64_t percent_of(std::uint64_t done, std::uint64_t total) {
  if (total == 0) return 100;
  return static_cast<std::uint64_t>(100.0 * static_cast<double>(std::min(done, total)) /
                                    static_cast<double>(total));
}

std::string clock_text(std::uint64_t seconds) {
  if (seconds >= 3600) return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
}

}  // namespace

std::string format_progress(const std::string& step, std::uint64_t done, std::uint64_t total,
                            std::chrono::milliseconds elapsed, std::size_t width) {
  const std::uint64_t percent = percent_of(done, total);
  const std::size_t filled = percent * bar_width / 100;
  std::string line = fmt::format("{} [{}{}] {:3} %", step, std::string(filled, '#'),
                                 std::string(bar_width - filled, '-'), percent);
  const double seconds = static_cast<double>(elapsed.count()) / 1000.0;
  if (done > 0 && seconds >= 0.5) {
    const double rate = static_cast<double>(done) / seconds;
    line += fmt::format("  {:.1f} MiB/s", rate / (1u << 20));
    if (done < total)
      line +=
          "  " + clock_text(static_cast<std::uint64_t>(static_cast<double>(total - done) / rate)) + " left";
  }
  if (line.size() > width) line.resize(width);
  return line;
}

void ProgressBar::begin_step(const std::string& step) {
  finish_step();
  step_ = step;
  began_ = clock_.steady();
  drawn_ = began_ - redraw_interval;
  tenth_ = 0;
}

void ProgressBar::update(const std::string& step, std::uint64_t done, std::uint64_t total) {
  if (step != step_) begin_step(step);
  const SteadyTime now = clock_.steady();
  const std::uint64_t tenth = percent_of(done, total) / 10;
  const bool due = is_terminal_ ? done >= total || now - drawn_ >= redraw_interval : tenth > tenth_;
  if (!due) return;
  tenth_ = tenth;
  drawn_ = now;
  const std::string line = format_progress(step, done, total, now - began_, terminal_width);
  if (is_terminal_) {
    std::fprintf(out_, "\r%s\x1b[K", line.c_str());  // erases what a longer line left
  } else {
    std::fprintf(out_, "%s\n", line.c_str());
  }
  std::fflush(out_);
}

void ProgressBar::finish_step() {
  if (!step_.empty() && is_terminal_) std::fputc('\n', out_);
  step_.clear();
}

}  // namespace dunlin
