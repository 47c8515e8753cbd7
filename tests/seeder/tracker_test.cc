#include "seeder/tracker.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_clock.h"

namespace dunlin {
namespace {

class TrackerTest : public testing::Test {
 protected:
  TrackerTest() { tracker.add_torrent(torrent); }

  static AnnounceRequest from(int number, std::optional<std::string> site) {
    AnnounceRequest request;
    request.info_hash = SwarmHash{1};
    request.peer_id = "peer-" + std::to_string(number);
    request.endpoints.emplace_back(asio::ip::address_v4(0x0A000000u + static_cast<unsigned>(number)), 6881);
    request.left = 1;
    request.site = std::move(site);
    return request;
  }

  std::vector<std::string> peers_for(const AnnounceRequest& request) {
    const AnnounceAnswer answer = tracker.announce(request).value();
    std::vector<std::string> list;
    for (const PeerEndpoint& peer : answer.peers) list.push_back(peer.address().to_string());
    std::sort(list.begin(), list.end());
    return list;
  }

  using List = std::vector<std::string>;
  const SwarmHash torrent{1};
  FakeClock clock;
  SeededRandom random{1};
  Tracker tracker{TrackerLimits{std::chrono::seconds(60), 10}, clock, random};
};

TEST_F(TrackerTest, IntroducesTheDevicesThatServeAnImageInsideTheirSiteOnly) {
  const SwarmHash image{2};
  tracker.add_torrent(image, Seeding::by_devices);
  tracker.set_seeder({asio::ip::make_address("198.51.100.1"), 6881});
  const auto asks = [&](int number, std::optional<std::string> site) {
    AnnounceRequest request = from(number, std::move(site));
    request.info_hash = image;
    return peers_for(request);
  };

  EXPECT_EQ(asks(1, "north"), List());
  EXPECT_EQ(asks(2, "north"), List{"10.0.0.1"});
  EXPECT_EQ(asks(3, "south"), List());
  EXPECT_EQ(asks(4, std::nullopt), List());
  EXPECT_EQ(asks(5, std::nullopt), List{"10.0.0.4"});
}

TEST_F(TrackerTest, IntroducesPeersOfOneSiteToEachOther) {
  EXPECT_EQ(peers_for(from(1, "north")), List());
  EXPECT_EQ(peers_for(from(2, "north")), List({"10.0.0.1"}));
  EXPECT_EQ(peers_for(from(1, "north")), List({"10.0.0.2"}));
}

TEST_F(TrackerTest, NeverNamesPeersOfAnotherSiteNorTheSeeder) {
  tracker.set_seeder(PeerEndpoint(asio::ip::make_address("192.0.2.1"), 6881));
  peers_for(from(1, "north"));
  peers_for(from(2, std::nullopt));

  EXPECT_EQ(peers_for(from(3, "south")), List());
}

TEST_F(TrackerTest, NamesEveryoneAndTheSeederToWhoeverNamesNoSite) {
  tracker.set_seeder(PeerEndpoint(asio::ip::make_address("192.0.2.1"), 6881));
  peers_for(from(1, "north"));
  peers_for(from(2, "south"));

  EXPECT_EQ(peers_for(from(3, std::nullopt)), List({"10.0.0.1", "10.0.0.2", "192.0.2.1"}));
}

TEST_F(TrackerTest, ForgetsAPeerAfterTwoIntervals) {
  peers_for(from(1, "north"));

  clock.advance(std::chrono::seconds(120));
  EXPECT_EQ(peers_for(from(2, "north")), List({"10.0.0.1"}));
  clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(peers_for(from(2, "north")), List());
}

TEST_F(TrackerTest, AsksThoseWhoLackNothingFifteenTimesLessOftenAndKeepsThemAsLong) {
  AnnounceRequest seed = from(1, "north");
  seed.left = 0;
  EXPECT_EQ(tracker.announce(seed)->interval, std::chrono::seconds(900));
  EXPECT_EQ(tracker.announce(from(2, "north"))->interval, std::chrono::seconds(60));

  clock.advance(std::chrono::seconds(1'800));
  EXPECT_EQ(peers_for(from(3, "north")), List({"10.0.0.1"}));
  clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(peers_for(from(3, "north")), List());
}

TEST_F(TrackerTest, ADeviceThatStartedAgainIsNotThereTwice) {
  peers_for(from(1, "north"));
  peers_for(from(2, "north"));
  AnnounceRequest again = from(1, "north");
  again.peer_id = "peer-1 with another name";

  EXPECT_EQ(peers_for(again), List({"10.0.0.2"}));
  EXPECT_EQ(peers_for(from(3, "north")), List({"10.0.0.1", "10.0.0.2"}));
  EXPECT_EQ(tracker.peers_by_site().at("north"), 3u);
}

TEST_F(TrackerTest, ForgetsAPeerThatSaysItStops) {
  peers_for(from(1, "north"));
  AnnounceRequest stop = from(1, "north");
  stop.event = AnnounceEvent::stopped;

  EXPECT_EQ(peers_for(stop), List());
  EXPECT_EQ(peers_for(from(2, "north")), List());
}

TEST_F(TrackerTest, RefusesTorrentsOfOthers) {
  AnnounceRequest request = from(1, "north");
  request.info_hash = SwarmHash{2};

  EXPECT_FALSE(tracker.announce(request));
}

TEST_F(TrackerTest, AnswersButDoesNotRememberNewcomersWhenItIsFull) {
  for (int number = 1; number <= 10; ++number) peers_for(from(number, "north"));

  EXPECT_EQ(peers_for(from(11, "north")).size(), 10u);
  EXPECT_EQ(peers_for(from(1, "north")).size(), 9u);
}

TEST_F(TrackerTest, GivesAtMostWhatWasAskedAndADifferentPartEachTime) {
  for (int number = 1; number <= 10; ++number) peers_for(from(number, "north"));
  AnnounceRequest request = from(1, "north");
  request.wanted = 3;

  std::set<std::string> seen;
  for (int i = 0; i < 50; ++i) {
    const List some = peers_for(request);
    EXPECT_EQ(some.size(), 3u);
    seen.insert(some.begin(), some.end());
  }
  EXPECT_EQ(seen.size(), 9u);
}

TEST_F(TrackerTest, CountsSeedsLeechesAndDevicesBySite) {
  tracker.add_torrent(SwarmHash{2});
  peers_for(from(1, "north"));
  AnnounceRequest other_torrent = from(1, "north");
  other_torrent.info_hash = SwarmHash{2};
  peers_for(other_torrent);
  AnnounceRequest seed = from(2, "north");
  seed.left = 0;
  peers_for(from(3, "south"));

  const AnnounceAnswer answer = tracker.announce(seed).value();

  EXPECT_EQ(answer.seeds, 1u);
  EXPECT_EQ(answer.leeches, 1u);
  EXPECT_EQ(tracker.peers_by_site(), (std::map<std::string, std::size_t>{{"north", 2}, {"south", 1}}));
}

}  // namespace
}  // namespace dunlin
