// Only so many devices of a site take content at a time: real swarms on loopback.
#include "tests/swarm/swarm_lab.h"

namespace dunlin {
namespace {

constexpr std::size_t content_size = 3 * 1024 * 1024 + 777;

TEST(LanTurns, TheOthersWaitAndGetEverythingWhenItIsTheirTurn) {
  const Bytes content = random_content(content_size, 7);
  const Bytes torrent = torrent_of(content);
  LabSite site(3);
  LabSeeder seeder(site.loop, content);
  seeder.rate = 1'000'000;
  for (auto& device : site.devices) {
    device->options.takers_max = 1;
    device->start();
    ASSERT_TRUE(device->fetch(torrent, seeder.url()));
  }

  ASSERT_TRUE(site.run_until([&] { return site[0].status().done; }));
  EXPECT_LT(site[1].status().verified + site[2].status().verified, content_size);
  EXPECT_TRUE(site[2].status().role == "queued" || site[1].status().role == "queued");

  ASSERT_TRUE(site.run_until([&] { return site.all_done(); }));
  EXPECT_EQ(seeder.sent, content_size);
  for (auto& device : site.devices) EXPECT_EQ(device->disk.get(LabDevice::path()), content);
}

}  // namespace
}  // namespace dunlin
