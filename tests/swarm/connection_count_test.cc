#include "swarm/connection_count.h"

#include <functional>

namespace dunlin {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

struct ConnectionCountTest : testing::Test {
  // Bytes come each tenth of a second, at the rate that so many connections have.
  void run(std::chrono::seconds time, const std::function<std::uint64_t(int)>& rate_with) {
    for (const SteadyTime end = now + time; now < end; now += 100ms) {
      count.on_bytes(rate_with(count.value()) / 10, now);
      highest = std::max(highest, count.value());
      lowest = std::min(lowest, count.value());
      time_above_least += count.value() > ConnectionCount::least ? 100ms : 0ms;
    }
  }

  ConnectionCount count;
  SteadyTime now{1h};
  int highest = 0;
  int lowest = ConnectionCount::most;
  std::chrono::milliseconds time_above_least{0};
};

TEST_F(ConnectionCountTest, AFullLineIsSharedByTwo) {
  run(600s, [](int) { return 500'000; });

  EXPECT_EQ(count.value(), 2);
  EXPECT_EQ(highest, 3);
  EXPECT_LT(time_above_least, 60s);
}

TEST_F(ConnectionCountTest, AThinLineIsSharedByThreeFromTheFirstByte) {
  run(600s, [](int) { return 110'000; });

  EXPECT_EQ(lowest, 3);
  EXPECT_LE(highest, 4);
}

TEST_F(ConnectionCountTest, AFullLineIsFoundOutInTheFirstTrial) {
  run(12s, [](int) { return 500'000; });

  EXPECT_EQ(count.value(), 2);
  EXPECT_EQ(highest, 3);
}

TEST_F(ConnectionCountTest, WhereTwoBringLessItTriesFourAtOnce) {
  run(40s, [](int connections) { return static_cast<std::uint64_t>(connections) * 100'000; });

  EXPECT_EQ(lowest, 2);
  EXPECT_GE(highest, 4);
}

TEST_F(ConnectionCountTest, ALineThatGrewFastGetsByWithTwoAgain) {
  run(20s, [](int) { return 110'000; });

  run(600s, [](int) { return 500'000; });

  EXPECT_EQ(count.value(), 2);
}

TEST_F(ConnectionCountTest, WhereEachBringsMoreItClimbsToTheMost) {
  run(120s, [](int connections) { return static_cast<std::uint64_t>(connections) * 50'000; });

  EXPECT_EQ(highest, ConnectionCount::most);
  EXPECT_GE(count.value(), ConnectionCount::most - 1);
}

TEST_F(ConnectionCountTest, StopsWhereTheLineIsFull) {
  run(300s, [](int connections) { return static_cast<std::uint64_t>(std::min(connections, 4)) * 50'000; });

  EXPECT_LE(highest, 5);
  EXPECT_GE(count.value(), 3);
  EXPECT_LE(count.value(), 4);
}

TEST_F(ConnectionCountTest, GivesBackWhatHelpsNoMore) {
  run(120s, [](int connections) { return static_cast<std::uint64_t>(connections) * 50'000; });

  run(1h, [](int) { return 300'000; });

  EXPECT_LE(count.value(), 3);
}

TEST_F(ConnectionCountTest, ATrialThatWasInterruptedIsMeasuredAnew) {
  const auto more_from_three = [](int connections) { return connections < 3 ? 400'000 : 500'000; };
  run(14s, more_from_three);
  ASSERT_EQ(count.value(), 2);

  count.on_pause();
  now += 60s;
  run(10s, more_from_three);
  EXPECT_EQ(count.value(), 2);
  run(3s, more_from_three);

  EXPECT_EQ(count.value(), 3);
}

TEST_F(ConnectionCountTest, NeverLeavesItsBounds) {
  std::uint64_t state = 1;
  run(3h, [&](int) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return state >> 44;
  });

  EXPECT_LE(highest, ConnectionCount::most);
  EXPECT_GE(count.value(), ConnectionCount::least);
}

}  // namespace
}  // namespace dunlin
