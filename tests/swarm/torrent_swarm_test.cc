// Whole swarms through the public interface: real libtorrent sessions, beacons and HTTP on loopback, disks in
// memory that lose what was not synced.
#include "tests/swarm/swarm_lab.h"

namespace dunlin {
namespace {

constexpr std::size_t content_size = 3 * 1024 * 1024 + 777;

struct TorrentSwarm : testing::Test {
  Bytes content = random_content(content_size, 7);
  Bytes torrent = torrent_of(content);
};

TEST_F(TorrentSwarm, FourDevicesReadThePackOverTheWanExactlyOnce) {
  LabSite site(4);
  LabSeeder seeder(site.loop, content);
  for (auto& device : site.devices) {
    device->start();
    ASSERT_TRUE(device->fetch(torrent, seeder.url()));
  }

  ASSERT_TRUE(site.run_until([&] { return site.all_done(); }));

  EXPECT_EQ(seeder.sent, content_size);
  std::uint64_t wan = 0;
  std::uint64_t lan = 0;
  for (auto& device : site.devices) {
    EXPECT_EQ(device->disk.get(LabDevice::path()), content);
    wan += device->status().bytes.wan;
    lan += device->status().bytes.lan;
  }
  EXPECT_EQ(wan, content_size);
  EXPECT_EQ(lan, 3 * content_size);
}

}  // namespace
}  // namespace dunlin
