#include "swarm/lan_hope.h"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""s;

struct LanHopeTest : testing::Test {
  SteadyTime now{1h};
  LanHope hope{now};
  bool is_alive() const { return hope.is_alive(now, 3s); }
};

TEST_F(LanHopeTest, ANeighbourThatOffersAndBringsNothingIsNotWaitedFor) {
  for (int i = 0; i < 3; ++i, now += 1s) hope.look(true, now);

  EXPECT_FALSE(is_alive());
}

TEST_F(LanHopeTest, EachPieceFromTheLanGivesHopeAgain) {
  for (int i = 0; i < 10; ++i, now += 1s) {
    hope.look(true, now);
    hope.renew(now);
    EXPECT_TRUE(is_alive());
  }
}

TEST_F(LanHopeTest, WhoeverComesLaterWithPiecesIsGivenTime) {
  hope.look(false, now);
  now += 60s;
  EXPECT_FALSE(is_alive());

  hope.look(true, now);

  EXPECT_TRUE(is_alive());
}

}  // namespace
}  // namespace dunlin
