#include "swarm/beacon_pace.h"

namespace dunlin {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

struct BeaconPaceTest : testing::Test {
  const SteadyTime start{1h};
  BeaconPace pace{start, 7};

  int beacons_between(SteadyTime now, SteadyTime end) const {
    int count = 0;
    for (; now < end; now += pace.delay(now)) ++count;
    return count;
  }
};

TEST_F(BeaconPaceTest, BeginsWithABurstThatOneLostDatagramDoesNotSpoil) {
  EXPECT_EQ(pace.delay(start), 300ms);
  EXPECT_EQ(pace.delay(start + 2'999ms), 300ms);
  EXPECT_EQ(pace.delay(start + 3s), 1s);
}

TEST_F(BeaconPaceTest, SpeaksTwiceASecondWhileThisDeviceLacksPieces) {
  pace.look(true, false, start + 1h);

  EXPECT_EQ(pace.delay(start + 1h), 500ms);
  EXPECT_EQ(pace.alive_for(), 2'500ms);
}

TEST_F(BeaconPaceTest, SpeaksOnceASecondWhileANeighbourLacksPieces) {
  pace.look(false, true, start + 1h);

  EXPECT_EQ(pace.delay(start + 1h), 1s);
  EXPECT_EQ(pace.alive_for(), 3'500ms);
}

TEST_F(BeaconPaceTest, RestsTenSecondsAfterTheLastNews) {
  pace.on_news(start + 100s);

  EXPECT_EQ(pace.delay(start + 109s), 1s);
  EXPECT_TRUE(pace.is_at_rest(start + 110s));
  EXPECT_LE(beacons_between(start + 110s, start + 1'310s), 23);
}

TEST_F(BeaconPaceTest, SaysOftenThatItWillBeQuietFromNowOn) {
  pace.look(true, true, start + 100s);
  pace.look(false, false, start + 200s);

  EXPECT_EQ(pace.alive_for(), 300s);
  EXPECT_GE(beacons_between(start + 200s, start + 220s), 10);
}

TEST_F(BeaconPaceTest, APromiseOutlivesThreeLostBeacons) {
  EXPECT_GE(pace.alive_for(), 4 * BeaconPace::at_rest);
  pace.look(false, true, start);
  EXPECT_GT(pace.alive_for(), 3 * BeaconPace::awake);
  pace.look(true, true, start);
  EXPECT_GE(pace.alive_for(), 4 * BeaconPace::fetching);
}

TEST_F(BeaconPaceTest, ASiteThatCameToRestInOneMomentDoesNotSpeakInOneMoment) {
  const BeaconPace other(start, 4'007);

  EXPECT_NE(pace.delay(start + 1h), other.delay(start + 1h));
  EXPECT_GE(other.delay(start + 1h), BeaconPace::at_rest * 9 / 10);
}

TEST_F(BeaconPaceTest, RemembersSinceWhenTheSiteFetches) {
  EXPECT_FALSE(pace.fetching_since());
  pace.look(false, true, start + 10s);
  pace.look(true, false, start + 20s);
  EXPECT_EQ(pace.fetching_since(), start + 10s);

  pace.look(false, false, start + 30s);
  EXPECT_FALSE(pace.fetching_since());
}

}  // namespace
}  // namespace dunlin
