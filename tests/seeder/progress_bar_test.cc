#include "seeder/progress_bar.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_clock.h"

namespace dunlin {
namespace {

using std::chrono::milliseconds;

TEST(ProgressBar, TellsPercentRateAndTimeLeft) {
  EXPECT_EQ(format_progress("full pack", 25u << 20, 100u << 20, milliseconds(5'000), 100),
            "full pack [######------------------]  25 %  5.0 MiB/s  0:15 left");
  EXPECT_EQ(format_progress("x", 1u << 20, std::uint64_t{10'000} << 20, milliseconds(1'000), 100),
            "x [------------------------]   0 %  1.0 MiB/s  2:46:39 left");
}

TEST(ProgressBar, PromisesNothingBeforeItKnowsARate) {
  EXPECT_EQ(format_progress("x", 0, 100, milliseconds(0), 100), "x [------------------------]   0 %");
  EXPECT_EQ(format_progress("x", 0, 0, milliseconds(0), 100), "x [########################] 100 %");
}

TEST(ProgressBar, FitsTheTerminal) {
  EXPECT_EQ(format_progress(std::string(200, 'x'), 1, 2, milliseconds(1'000), 80).size(), 80u);
}

std::string written_by(bool is_terminal) {
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* out = ::open_memstream(&text, &size);
  FakeClock clock;
  {
    ProgressBar bar(out, is_terminal, clock);
    for (std::uint64_t done = 0; done <= 1'000; ++done) {
      clock.advance(milliseconds(1));
      bar.update("step", done, 1'000);
    }
  }
  std::fclose(out);
  std::string result(text, size);
  ::free(text);
  return result;
}

TEST(ProgressBar, WritesALineForEachTenthWhenNobodyWatches) {
  const std::string text = written_by(false);

  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 10);
  EXPECT_EQ(text.find('\r'), std::string::npos);
}

TEST(ProgressBar, RedrawsOneLineOnATerminal) {
  const std::string text = written_by(true);

  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  EXPECT_LE(std::count(text.begin(), text.end(), '\r'), 12);
}

}  // namespace
}  // namespace dunlin
