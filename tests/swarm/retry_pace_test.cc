#include "swarm/retry_pace.h"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""s;

struct RetryPaceTest : testing::Test {
  SteadyTime now{std::chrono::hours(1)};
  SeededRandom random{7};
  RetryPace pace;

  std::chrono::milliseconds after_failures(int count) {
    for (int i = 0; i < count; ++i) pace.on_failure(now);
    return pace.delay(now, random);
  }
};

TEST_F(RetryPaceTest, TriesAgainWithinAQuarterOfASecondAtFirst) {
  const auto delay = after_failures(1);

  EXPECT_GE(delay, 125ms);
  EXPECT_LE(delay, 250ms);
}

TEST_F(RetryPaceTest, AnOutageOfMinutesIsAskedAboutEveryTwoSeconds) {
  after_failures(40);
  now += 9min;

  for (int i = 0; i < 100; ++i) {
    EXPECT_GE(pace.delay(now, random), 1s);
    EXPECT_LE(pace.delay(now, random), 2s);
  }
}

TEST_F(RetryPaceTest, OnlyALongOutageIsAskedAboutMoreSeldom) {
  after_failures(40);
  now += 11min;

  EXPECT_GE(pace.delay(now, random), 4s);
  EXPECT_LE(pace.delay(now, random), 8s);
}

TEST_F(RetryPaceTest, ACutOfALinkThatWorkedCountsAsTheFirstFailure) {
  after_failures(20);
  now += 30min;

  pace.on_cut(now);

  EXPECT_LE(pace.delay(now, random), 250ms);
  EXPECT_TRUE(pace.is_failing());
}

TEST_F(RetryPaceTest, WaitsAsLongAsTheServerAsks) {
  pace.on_failure(now, 30s);

  EXPECT_GE(pace.delay(now, random), 30s);
  EXPECT_LE(pace.delay(now + 10s, random), 21s);
  EXPECT_LE(pace.delay(now + 31s, random), 250ms);
}

TEST_F(RetryPaceTest, ABitOfContentEndsTheTrouble) {
  after_failures(5);

  pace.on_success();

  EXPECT_FALSE(pace.is_failing());
}

TEST_F(RetryPaceTest, AttemptsOnALinkThatIsGoneAreShortAndEveryFourthIsPatient) {
  EXPECT_EQ(pace.connect_limit(), 7s);
  int patient = 0;
  for (int i = 0; i < 16; ++i) {
    pace.on_failure(now);
    patient += pace.connect_limit() > 2s ? 1 : 0;
  }
  EXPECT_EQ(patient, 4);
}

}  // namespace
}  // namespace dunlin
