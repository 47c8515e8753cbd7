#include "swarm/site_view.h"

namespace dunlin {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""h;

Beacon from(const std::string& id, std::uint64_t instance, const std::string& site = "here") {
  Beacon beacon;
  beacon.device_id = id;
  beacon.instance = instance;
  beacon.site = site;
  return beacon;
}

struct SiteViewTest : testing::Test {
  SiteView view{"here", 1};
  SteadyTime now{1h};
};

TEST_F(SiteViewTest, KnowsADeviceForThreeAndAHalfSeconds) {
  EXPECT_TRUE(view.hear(from("a", 2), "10.0.0.2", now));
  EXPECT_FALSE(view.hear(from("a", 2), "10.0.0.2", now));

  view.expire(now + 3'500ms);
  EXPECT_EQ(view.peers().size(), 1u);
  view.expire(now + 3'501ms);
  EXPECT_TRUE(view.peers().empty());
}

TEST_F(SiteViewTest, KnowsADeviceThatLacksPiecesForTwoAndAHalfSeconds) {
  Beacon busy = from("a", 2);
  busy.torrents.push_back(BeaconTorrent{});
  view.hear(busy, "10.0.0.2", now);

  view.expire(now + 2'500ms);
  EXPECT_EQ(view.peers().size(), 1u);
  view.expire(now + 2'501ms);
  EXPECT_TRUE(view.peers().empty());
}

TEST_F(SiteViewTest, TellsThoseThatFellSilentFromThoseThatLeft) {
  view.hear(from("a", 2), "10.0.0.2", now);
  view.hear(from("b", 3), "10.0.0.3", now);
  Beacon last = from("b", 3);
  last.leaving = true;
  view.hear(last, "10.0.0.3", now);

  view.expire(now + 4s);
  EXPECT_EQ(view.silent(), std::set<std::string>{"10.0.0.2"});

  view.hear(from("a", 2), "10.0.0.2", now + 5s);
  EXPECT_TRUE(view.silent().empty());
}

TEST_F(SiteViewTest, IgnoresItselfAndOtherSites) {
  EXPECT_FALSE(view.hear(from("me", 1), "10.0.0.1", now));
  EXPECT_FALSE(view.hear(from("far", 3, "there"), "10.0.0.3", now));

  EXPECT_TRUE(view.peers().empty());
}

TEST_F(SiteViewTest, ForgetsADeviceThatLeavesAtOnce) {
  view.hear(from("a", 2), "10.0.0.2", now);
  Beacon last = from("a", 2);
  last.leaving = true;

  view.hear(last, "10.0.0.2", now);

  EXPECT_TRUE(view.peers().empty());
}

TEST_F(SiteViewTest, ReplacesADeviceThatStartedAgain) {
  view.hear(from("a", 2), "10.0.0.2", now);

  EXPECT_TRUE(view.hear(from("a", 9), "10.0.0.2", now));

  EXPECT_EQ(view.peers().size(), 1u);
}

TEST_F(SiteViewTest, TellsTwoDevicesWithOneIdApart) {
  view.hear(from("clone", 2), "10.0.0.2", now);
  view.hear(from("clone", 3), "10.0.0.3", now);

  EXPECT_EQ(view.peers().size(), 2u);
}

TEST_F(SiteViewTest, PrefersTheIPv4Address) {
  view.hear(from("a", 2), "10.0.0.2", now);
  view.hear(from("a", 2), "fe80::2", now);

  EXPECT_EQ(view.peers().at(2).address, "10.0.0.2");
}

TEST_F(SiteViewTest, StaysBoundedInAFlood) {
  for (std::uint64_t i = 2; i < 5'000; ++i) view.hear(from("x" + std::to_string(i), i), "10.0.0.2", now);

  EXPECT_EQ(view.peers().size(), SiteView::peers_max);
}

TEST_F(SiteViewTest, TellsWhatNeighboursHave) {
  Beacon holder = from("a", 2);
  holder.torrents = {BeaconTorrent{7, 100}, BeaconTorrent{8, 0}};
  Beacon other = from("b", 3);
  other.torrents = {BeaconTorrent{7, 40}};
  view.hear(other, "10.0.0.3", now);
  view.hear(holder, "10.0.0.2", now);

  const std::vector<LanOffer> offers = view.offers();

  EXPECT_EQ(offers, (std::vector<LanOffer>{{7, 100, "a"}, {7, 40, "b"}}));
}

TEST_F(SiteViewTest, TellsWhoServesAMirrorAndWhenItLookedAtTheRepository) {
  Beacon looked = from("a", 2);
  looked.mirror = {8080, 12, 3, false, BeaconAge::value_type(15)};
  looked.may_use_wan = true;
  looked.torrents.push_back(BeaconTorrent{77});
  view.hear(looked, "10.0.0.2", now);
  view.hear(from("b", 3), "10.0.0.3", now);

  const std::vector<MirrorOffer> mirrors = view.mirrors();

  ASSERT_EQ(mirrors.size(), 1u);
  const MirrorOffer expected{2, "a", "10.0.0.2", 8080, 12, 3, false, true, now - 1'500ms, {77}};
  EXPECT_EQ(mirrors.front(), expected);
}

}  // namespace
}  // namespace dunlin
