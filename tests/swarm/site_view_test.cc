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

TEST_F(SiteViewTest, KnowsADeviceForAsLongAsItsLastBeaconSaid) {
  Beacon first = from("a", 2);
  first.alive_for = 300s;
  EXPECT_TRUE(view.hear(first, "10.0.0.2", now));
  Beacon last = from("a", 2);
  last.alive_for = 2'500ms;
  EXPECT_FALSE(view.hear(last, "10.0.0.2", now));

  view.expire(now + 2'500ms);
  EXPECT_EQ(view.peers().size(), 1u);
  view.expire(now + 2'501ms);
  EXPECT_TRUE(view.peers().empty());
}

TEST_F(SiteViewTest, BelievesNobodyWhoSaysThatItLivesForHours) {
  Beacon boast = from("a", 2);
  boast.alive_for = 6'553s;
  view.hear(boast, "10.0.0.2", now);

  view.expire(now + SiteView::lifetime_max + 1ms);

  EXPECT_TRUE(view.peers().empty());
}

TEST_F(SiteViewTest, WhoeverDiedAtRestIsMissedSoonAfterSomethingIsFetched) {
  for (std::uint64_t i = 2; i <= 3; ++i) {
    Beacon at_rest = from("d" + std::to_string(i), i);
    at_rest.alive_for = 300s;
    view.hear(at_rest, "10.0.0." + std::to_string(i), now);
  }
  view.expire(now + 60s);
  EXPECT_EQ(view.peers().size(), 2u);

  view.set_fetching_since(now + 60s);
  view.hear(from("d2", 2), "10.0.0.2", now + 61s);
  view.expire(now + 60s + SiteView::roll_call + 1ms);

  EXPECT_TRUE(view.peers().contains(2));
  EXPECT_FALSE(view.peers().contains(3));
}

TEST_F(SiteViewTest, TellsWhetherANeighbourFetches) {
  Beacon holder = from("a", 2);
  holder.torrents.push_back(BeaconTorrent{});
  holder.torrents.front().complete = true;
  view.hear(holder, "10.0.0.2", now);
  EXPECT_FALSE(view.is_somebody_fetching());

  holder.torrents.push_back(BeaconTorrent{});
  view.hear(holder, "10.0.0.2", now);

  EXPECT_TRUE(view.is_somebody_fetching());
}

TEST_F(SiteViewTest, TellsWhetherANeighbourHasOnlyIPv6) {
  view.hear(from("a", 2), "10.0.0.2", now);
  EXPECT_FALSE(view.is_somebody_on_ipv6());

  view.hear(from("b", 3), "fe80::3", now);

  EXPECT_TRUE(view.is_somebody_on_ipv6());
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
