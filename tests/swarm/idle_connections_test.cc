#include "swarm/idle_connections.h"

namespace dunlin {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""s;
using Addresses = std::multiset<asio::ip::address>;

struct IdleConnectionsTest : testing::Test {
  IdleConnections idle;
  SteadyTime now{1h};
  const asio::ip::address one = asio::ip::make_address("10.0.0.1");
  const asio::ip::address two = asio::ip::make_address("10.0.0.2");

  // How often it says to hang up, looking each second.
  int look_for(std::chrono::seconds time, bool needed, const Addresses& connected) {
    int said = 0;
    for (const SteadyTime end = now + time; now < end; now += 1s)
      said += idle.look(needed, connected, now) ? 1 : 0;
    return said;
  }
};

TEST_F(IdleConnectionsTest, AreKeptAsLongAsAPieceMayCome) {
  EXPECT_EQ(look_for(1h, true, {one, two}), 0);
}

TEST_F(IdleConnectionsTest, AreHungUpOnceAfterTenSecondsWithoutNeed) {
  look_for(20s, true, {one, two});

  EXPECT_EQ(look_for(9s, false, {one, two}), 0);
  EXPECT_EQ(look_for(1s, false, {one, two}), 1);
  EXPECT_EQ(look_for(1h, false, {}), 0);
}

TEST_F(IdleConnectionsTest, WhoeverCallsAtRestHasTimeToSayWhatItWants) {
  look_for(60s, false, {});

  EXPECT_EQ(look_for(10s, false, {one}), 0);
  EXPECT_EQ(look_for(1s, false, {one}), 1);
}

TEST_F(IdleConnectionsTest, SomebodyWhoGoesMakesNobodyElseStay) {
  look_for(1s, true, {one, two});
  look_for(5s, false, {one, two});

  EXPECT_EQ(look_for(7s, false, {one}), 1);
}

}  // namespace
}  // namespace dunlin
