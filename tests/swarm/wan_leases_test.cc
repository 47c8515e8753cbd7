#include "swarm/wan_leases.h"

namespace dunlin {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr SteadyTime start{std::chrono::hours(1)};

struct Leases : testing::Test {
  WanLeases leases{10};
  Leases() { leases.set_patience(5s); }
};

TEST_F(Leases, HoldPiecesForAWhileAfterTheyWereLastHeard) {
  leases.hear(1, {{2, 3}}, start);
  leases.hear(1, {{2, 1}}, start + 1s);

  EXPECT_FALSE(leases.holds(1, start));
  EXPECT_TRUE(leases.holds(2, start + 2s));
  EXPECT_TRUE(leases.holds(4, start + 1'499ms));
  EXPECT_FALSE(leases.holds(4, start + 1'500ms));
  EXPECT_FALSE(leases.holds(5, start));
}

TEST_F(Leases, OfPiecesThatDoNotExistAreNobodys) {
  leases.hear(1, {{9, 65'535}, {4'000'000'000u, 65'535}}, start);

  EXPECT_TRUE(leases.holds(9, start));
  EXPECT_FALSE(leases.holds(10, start));
}

TEST_F(Leases, AreOverdueWhenThePieceDoesNotCome) {
  for (SteadyTime now = start; now <= start + 6s; now += 500ms) leases.hear(1, {{0, 1}}, now);

  EXPECT_FALSE(leases.is_overdue(0, start + 4'900ms));
  EXPECT_TRUE(leases.is_overdue(0, start + 5s));
  EXPECT_FALSE(leases.is_overdue(1, start + 5s));
}

TEST_F(Leases, AreNotOverdueAgainForAWhileOnceOneMoreJoined) {
  for (SteadyTime now = start; now <= start + 20s; now += 500ms) {
    leases.hear(1, {{0, 1}}, now);
    if (now >= start + 6s) leases.hear(2, {{0, 1}}, now);
  }

  EXPECT_FALSE(leases.is_overdue(0, start + 10s));
  EXPECT_TRUE(leases.is_overdue(0, start + 11s));
}

TEST_F(Leases, GoToTheLowerOfTwoWhoAskedAtOnceUnlessItIsStuck) {
  for (SteadyTime now = start; now <= start + 6s; now += 500ms) leases.hear(5, {{0, 1}}, now);

  EXPECT_TRUE(leases.is_lost_by(7, 0, start + 1s));
  EXPECT_FALSE(leases.is_lost_by(3, 0, start + 1s));
  EXPECT_FALSE(leases.is_lost_by(7, 1, start + 1s));
  EXPECT_FALSE(leases.is_lost_by(7, 0, start + 6s));
}

TEST_F(Leases, LiveNoLongerWhenTheSameBeaconIsToldTwice) {
  leases.hear(1, {{0, 1}}, start);
  leases.hear(1, {{0, 1}}, start);

  EXPECT_FALSE(leases.holds(0, start + WanLeases::lifetime));
}

TEST_F(Leases, AreWhatWasAskedForAndIsNotHere) {
  PieceSet taken(10);
  for (const std::uint32_t each : {0u, 2u, 3u, 5u, 6u, 9u}) taken.insert(each);
  PieceSet have(10);
  have.insert(0);
  have.insert(5);

  EXPECT_EQ(open_leases(taken, have), (std::vector<FetchRun>{{2, 2}, {6, 1}, {9, 1}}));
}

TEST_F(Leases, AreWaitedForByOnesOwnSpeed) {
  EXPECT_EQ(lease_patience(65'536, 131'072, 3s), 6s);
  EXPECT_EQ(lease_patience(10'000'000, 131'072, 3s), 3s);
  EXPECT_EQ(lease_patience(0, 131'072, 3s), 120s);
}

}  // namespace
}  // namespace dunlin
