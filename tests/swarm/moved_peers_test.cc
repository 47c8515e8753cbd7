#include "swarm/moved_peers.h"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using Left = std::set<std::string>;

struct MovedPeersTest : testing::Test {
  MovedPeers peers;
  SteadyTime now{1h};

  void hear(const std::string& address, int beacons, std::uint64_t instance = 7) {
    for (int i = 0; i < beacons; ++i, now += 500ms) peers.hear(instance, address, now);
  }
};

TEST_F(MovedPeersTest, AnAddressIsLeftOnceItsDeviceIsHeardElsewhereOnly) {
  hear("10.0.0.2", 3);
  EXPECT_EQ(peers.take_left(now), Left());

  hear("10.0.0.9", 4);
  EXPECT_EQ(peers.take_left(now), Left());
  hear("10.0.0.9", 4);
  EXPECT_EQ(peers.take_left(now), Left{"10.0.0.2"});
  EXPECT_EQ(peers.take_left(now), Left());
}

TEST_F(MovedPeersTest, ADeviceOnTwoLinksLeavesNeither) {
  for (int i = 0; i < 20; ++i) {
    hear("10.0.0.2", 1);
    hear("192.168.0.2", 1);
    EXPECT_EQ(peers.take_left(now), Left());
  }
}

TEST_F(MovedPeersTest, SilenceIsNoMove) {
  hear("10.0.0.2", 3);

  EXPECT_EQ(peers.take_left(now + 1h), Left());
  EXPECT_EQ(peers.take_left(now + 2h), Left());
}

TEST_F(MovedPeersTest, AnAddressThatAnotherDeviceHasNowIsNotLeft) {
  hear("10.0.0.2", 3);
  hear("10.0.0.9", 7);
  hear("10.0.0.2", 1, 8);

  EXPECT_EQ(peers.take_left(now), Left());
}

TEST_F(MovedPeersTest, ForgedBeaconsTakeABoundedAmountOfMemory) {
  for (std::uint64_t i = 0; i < 2'000; ++i) peers.hear(i, "10.0.0.2", now);
  for (int i = 0; i < 2'000; ++i) peers.hear(1, "10.0.1." + std::to_string(i), now);
  peers.hear(1, "10.0.0.9", now + 1h);
  peers.hear(3'000, "10.0.0.8", now + 1h);

  EXPECT_LE(peers.take_left(now + 1h).size(), 8u);
}

}  // namespace
}  // namespace dunlin
