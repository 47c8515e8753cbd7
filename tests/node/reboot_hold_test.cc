#include "node/reboot_hold.h"

#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

using std::chrono_literals::operator""s;

constexpr std::uint64_t size = 1'000;

struct RebootHoldTest : testing::Test {
  bool holds(const std::vector<LanShare>& shares) { return hold.holds({"m", size, false}, shares, now); }

  SteadyTime now{1'000s};
  RebootHold hold{60s, now};
};

TEST_F(RebootHoldTest, NobodyIsWaitedForWhereNobodyNeedsAnything) {
  EXPECT_FALSE(holds({}));
  EXPECT_FALSE(holds({{"z", size, false}, {"y", 0, false}}));
}

TEST_F(RebootHoldTest, StaysWhileANeighbourGetsOn) {
  for (std::uint64_t have = 0; have < 50; ++have, now += 1s) EXPECT_TRUE(holds({{"z", have, true}})) << have;

  EXPECT_FALSE(holds({{"z", size, false}}));
}

TEST_F(RebootHoldTest, LeavesNeighboursThatStandStill) {
  EXPECT_TRUE(holds({{"z", 5, true}}));
  now += 14s;
  EXPECT_TRUE(holds({{"z", 5, true}}));
  now += 1s;
  EXPECT_FALSE(holds({{"z", 5, true}}));

  EXPECT_TRUE(holds({{"z", 6, true}}));
}

TEST_F(RebootHoldTest, NeverStaysLongerThanItWasTold) {
  for (std::uint64_t have = 0; have < 60; ++have, now += 1s) EXPECT_TRUE(holds({{"z", have, true}}));

  EXPECT_FALSE(holds({{"z", 60, true}}));
}

TEST_F(RebootHoldTest, OfThoseThatHaveAsMuchTheOneWithTheLowestIdStays) {
  const LanShare needy{"z", 5, true};

  EXPECT_TRUE(holds({needy, {"n", size, false}}));
  EXPECT_FALSE(holds({needy, {"l", size, false}}));
  EXPECT_TRUE(holds({needy, {"l", size - 1, false}})) << "it wanted less, and so has less to give";
}

TEST_F(RebootHoldTest, WhoHasNothingOfItHelpsNobody) {
  EXPECT_FALSE(hold.holds({"m", 0, false}, {{"z", 5, true}}, now));
}

}  // namespace
}  // namespace dunlin
