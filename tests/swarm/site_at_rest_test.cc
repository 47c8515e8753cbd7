// Real swarms on loopback that have nothing to do any more.
#include "tests/swarm/swarm_lab.h"

namespace dunlin {
namespace {

constexpr std::size_t content_size = 1024 * 1024 + 777;

Task<> ask_offers(Swarm& swarm, std::optional<std::vector<LanOffer>>& out) {
  auto heard = co_await swarm.offers();
  out = std::move(heard);
}

struct SiteAtRest : testing::Test {
  Bytes content = random_content(content_size, 31);
  Bytes torrent = torrent_of(content);
  LabSite site{3};
  LabSeeder seeder{site.loop, content};

  void join(std::size_t device) {
    site[device].start();
    EXPECT_TRUE(site[device].fetch(torrent, seeder.url()));
  }

  void come_to_rest() {
    join(0);
    join(1);
    EXPECT_TRUE(site.run_until([&] { return site.all_done(); }));
    EXPECT_TRUE(site.run_until([&] { return site[0].status().peers == 0 && site[1].status().peers == 0; }));
  }
};

TEST_F(SiteAtRest, ADeviceThatJoinsFillsFromNeighboursThatHadHungUp) {
  come_to_rest();
  const std::uint64_t crossed = seeder.sent;

  join(2);

  ASSERT_TRUE(site.run_until([&] { return site[2].status().done; }, std::chrono::seconds(10)));
  EXPECT_EQ(seeder.sent, crossed);
}

TEST_F(SiteAtRest, ADeviceThatJoinsHearsOffersWithinTheTimeThatItListens) {
  come_to_rest();
  site[2].start();
  std::optional<std::vector<LanOffer>> offers;

  spawn(site.loop.io(), ask_offers(*site[2].swarm, offers));
  ASSERT_TRUE(site.run_until([&] { return offers.has_value(); }, std::chrono::seconds(5)));

  EXPECT_EQ(offers->size(), 2u);
}

}  // namespace
}  // namespace dunlin
