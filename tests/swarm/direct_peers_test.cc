#include "swarm/direct_peers.h"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using Addresses = std::set<std::string>;

struct DirectPeersTest : testing::Test {
  void hear(const std::string& address, bool direct) {
    Beacon beacon;
    beacon.device_id = "dev at " + address;
    beacon.site = "here";
    beacon.instance = std::hash<std::string>()(address);
    beacon.direct = direct;
    view.hear(beacon, address, now);
  }

  SiteView view{"here", 1};
  DirectPeers peers;
  SteadyTime now{1h};
};

TEST_F(DirectPeersTest, WhomTheTrackerKnowsIsToldUntilItIsHeardByMulticast) {
  peers.learn(1, {"10.0.2.1", "10.0.2.2"}, now);
  EXPECT_EQ(peers.targets(view, now), (Addresses{"10.0.2.1", "10.0.2.2"}));

  hear("10.0.2.1", false);

  EXPECT_EQ(peers.targets(view, now), Addresses{"10.0.2.2"});
}

TEST_F(DirectPeersTest, WhoeverIsHeardDirectlyOnlyIsAnsweredAsLongAsItIsThere) {
  hear("10.0.2.1", true);
  EXPECT_EQ(peers.targets(view, now), Addresses{"10.0.2.1"});

  now += 4s;
  view.expire(now);

  EXPECT_TRUE(peers.targets(view, now).empty());
}

TEST_F(DirectPeersTest, WhenMulticastFailsLaterDirectBeaconsTakeOver) {
  hear("10.0.2.1", false);
  now += 3s;
  hear("10.0.2.1", true);
  EXPECT_TRUE(peers.targets(view, now).empty());

  now += 1s;
  hear("10.0.2.1", true);

  EXPECT_EQ(peers.targets(view, now), Addresses{"10.0.2.1"});
}

TEST_F(DirectPeersTest, AtRestOneMulticastBeaconAMinuteIsEnough) {
  Beacon beacon;
  beacon.device_id = "dev";
  beacon.site = "here";
  beacon.instance = 2;
  beacon.alive_for = 300s;
  view.hear(beacon, "10.0.2.1", now);
  peers.learn(1, {"10.0.2.1"}, now);

  EXPECT_TRUE(peers.targets(view, now + 60s).empty());
}

TEST_F(DirectPeersTest, WhoeverNeverAnswersIsSeldomTold) {
  peers.learn(1, {"10.0.2.9"}, now);
  int told = 0;
  for (const SteadyTime end = now + 65s; now < end; now += 500ms)
    told += peers.targets(view, now).empty() ? 0 : 1;

  EXPECT_LE(told, 5 * 2 + 1 + 6);
  EXPECT_GE(told, 5 * 2 + 5);
}

TEST_F(DirectPeersTest, ATorrentThatIsGoneTakesItsPeersWithIt) {
  peers.learn(1, {"10.0.2.1"}, now);
  peers.learn(2, {"10.0.2.2"}, now);

  peers.forget(1);

  EXPECT_EQ(peers.targets(view, now), Addresses{"10.0.2.2"});
}

TEST_F(DirectPeersTest, ATrackerThatNamesThousandsDoesNotMakeUsAFlood) {
  Addresses many;
  for (int i = 0; i < 5'000; ++i)
    many.insert("10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250));
  peers.learn(1, many, now);

  EXPECT_EQ(peers.targets(view, now).size(), DirectPeers::addresses_max);
}

}  // namespace
}  // namespace dunlin
