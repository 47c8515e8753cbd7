#include "swarm/stall_watch.h"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

std::chrono::milliseconds patience_after(std::chrono::milliseconds gap, int arrivals) {
  StallWatch watch(3s);
  SteadyTime now{std::chrono::hours(1)};
  for (int i = 0; i < arrivals; ++i) watch.on_bytes(now += gap);
  return watch.patience();
}

TEST(StallWatch, AQuickLinkIsGivenUpAfterTheLeastTime) {
  EXPECT_EQ(patience_after(5ms, 100), 3s);
  EXPECT_EQ(patience_after(5ms, 0), 3s);
}

TEST(StallWatch, AThinLinkIsGivenEightGaps) {
  const auto patience = patience_after(900ms, 200);

  EXPECT_GE(patience, 6'900ms);
  EXPECT_LE(patience, 7'200ms);
}

TEST(StallWatch, NobodyIsWaitedForLongerThanFourTimesTheLeastTime) {
  EXPECT_EQ(patience_after(60s, 100), 12s);
}

TEST(StallWatch, TheTimeBetweenTwoRequestsIsNoGap) {
  StallWatch watch(3s);
  SteadyTime now{std::chrono::hours(1)};

  for (int i = 0; i < 100; ++i) {
    watch.on_bytes(now += 10ms);
    watch.on_bytes(now += 10ms);
    watch.on_pause();
    now += 30s;
  }

  EXPECT_EQ(watch.patience(), 3s);
}

TEST(StallWatch, PatienceDoublesWithEachRoundThatNobodyWonUpToTwentySeconds) {
  EXPECT_EQ(patience_in_round(3s, 0), 3s);
  EXPECT_EQ(patience_in_round(3s, 1), 6s);
  EXPECT_EQ(patience_in_round(3s, 2), 12s);
  EXPECT_EQ(patience_in_round(3s, 3), 20s);
  EXPECT_EQ(patience_in_round(3s, 255), 20s);
}

}  // namespace
}  // namespace dunlin
