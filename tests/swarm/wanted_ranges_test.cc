// Devices that want parts of a file only: real sessions, beacons and HTTP on loopback. Pieces are 64 KiB.
#include "tests/swarm/swarm_lab.h"

namespace dunlin {
namespace {

constexpr std::uint64_t piece = 65'536;
constexpr std::size_t content_size = 48 * piece + 777;

using Ranges = std::vector<ByteRange>;

struct WantedPieces : testing::Test {
  Bytes content = random_content(content_size, 9);
  Bytes torrent = torrent_of(content);

  // Whether this device has exactly these bytes right.
  bool holds(LabDevice& device, const Ranges& ranges) const {
    const Bytes found = device.disk.get(LabDevice::path()).value_or(Bytes());
    return std::all_of(ranges.begin(), ranges.end(), [&](const ByteRange& each) {
      return found.size() >= each.end() &&
             std::equal(content.begin() + static_cast<std::ptrdiff_t>(each.offset),
                        content.begin() + static_cast<std::ptrdiff_t>(each.end()),
                        found.begin() + static_cast<std::ptrdiff_t>(each.offset));
    });
  }
};

TEST_F(WantedPieces, OnlyTheyCrossTheWan) {
  LabSite site(1);
  LabSeeder seeder(site.loop, content);
  const Ranges wanted{{0, 100}, {10 * piece + 5, 2 * piece}, {48 * piece, 700}};
  site[0].start();
  ASSERT_TRUE(site[0].fetch(torrent, seeder.url(), false, wanted));

  ASSERT_TRUE(site.run_until([&] { return site.all_done(); }));

  EXPECT_EQ(seeder.sent, 4 * piece + 777);
  const TransferStatus status = site[0].status();
  EXPECT_EQ(status.wanted, 4 * piece + 777);
  EXPECT_EQ(status.missing, 0u);
  EXPECT_EQ(status.verified, status.wanted);
  EXPECT_EQ(status.contiguous, content_size);
  EXPECT_TRUE(holds(site[0], wanted));
}

TEST_F(WantedPieces, MayChangeOnTheWay) {
  LabSite site(1);
  LabSeeder seeder(site.loop, content);
  site[0].start();
  ASSERT_TRUE(site[0].fetch(torrent, seeder.url(), false, Ranges{{0, 1}}));
  ASSERT_TRUE(site.run_until([&] { return site.all_done(); }));

  site[0].swarm->set_wanted(site[0].id, Ranges{{0, 1}, {20 * piece, 3 * piece}});
  EXPECT_FALSE(site[0].status().done);
  EXPECT_EQ(site[0].status().contiguous, 20 * piece);
  ASSERT_TRUE(site.run_until([&] { return site.all_done(); }));
  EXPECT_EQ(seeder.sent, 4 * piece);
  site[0].swarm->set_wanted(site[0].id, std::nullopt);
  ASSERT_TRUE(site.run_until([&] { return site.all_done(); }));

  EXPECT_EQ(seeder.sent, content_size);
  EXPECT_EQ(site[0].disk.get(LabDevice::path()), content);
}

TEST_F(WantedPieces, OfTwoDevicesCrossTheWanOnce) {
  LabSite site(2);
  LabSeeder seeder(site.loop, content);
  seeder.rate = 4'000'000;
  const Ranges first{{0, 20 * piece}};
  const Ranges second{{10 * piece, 20 * piece}};
  site[0].start();
  site[1].start();
  ASSERT_TRUE(site[0].fetch(torrent, seeder.url(), false, first));
  ASSERT_TRUE(site[1].fetch(torrent, seeder.url(), false, second));

  ASSERT_TRUE(site.run_until([&] { return site.all_done(); }));

  EXPECT_TRUE(holds(site[0], first));
  EXPECT_TRUE(holds(site[1], second));
  EXPECT_EQ(seeder.sent, 30 * piece);
  EXPECT_EQ(site[0].status().verified, 20 * piece);
  EXPECT_EQ(site[1].status().verified, 20 * piece);
}

TEST_F(WantedPieces, ALeaderWithoutAnyHandsOver) {
  LabSite site(2);
  LabSeeder seeder(site.loop, content);
  seeder.rate = 4'000'000;
  const Ranges little{{5 * piece, 6 * piece}};
  site[0].start();
  ASSERT_TRUE(site[0].fetch(torrent, seeder.url(), false, little));
  ASSERT_TRUE(site.run_until([&] { return site[0].status().role == "leader"; }));
  site[1].start();
  ASSERT_TRUE(site[1].fetch(torrent, seeder.url()));

  ASSERT_TRUE(site.run_until([&] { return site.all_done(); }));

  EXPECT_TRUE(site[1].heard("leader", "dev-2"));
  EXPECT_EQ(site[0].status().role, "seed");
  EXPECT_EQ(site[0].status().verified, 6 * piece);
  EXPECT_EQ(site[1].disk.get(LabDevice::path()), content);
  EXPECT_EQ(seeder.sent, content_size);
}

TEST_F(WantedPieces, ComeFromANeighbourThatHasOnlyThem) {
  LabSite site(2);
  LabSeeder seeder(site.loop, content);
  const Ranges part{{3 * piece, 9 * piece}};
  site[0].start();
  ASSERT_TRUE(site[0].fetch(torrent, seeder.url(), false, part));
  ASSERT_TRUE(site.run_until([&] { return site[0].status().done; }));

  site[1].options.wan = WanMode::never;
  site[1].start();
  ASSERT_TRUE(site[1].fetch(torrent, seeder.url(), false, Ranges{{4 * piece, 5 * piece}}));

  ASSERT_TRUE(site.run_until([&] { return site[1].status().done; }));
  EXPECT_EQ(site[1].status().bytes.lan, 5 * piece);
  site[1].swarm->set_wanted(site[1].id, part);
  ASSERT_TRUE(site.run_until([&] { return site[1].status().done; }));
  EXPECT_EQ(site[1].status().bytes.lan, 9 * piece);
  EXPECT_EQ(seeder.sent, 9 * piece);
}

TEST_F(WantedPieces, AreNotFetchedAgainAfterAKill) {
  LabSite site(1);
  LabSeeder seeder(site.loop, content);
  const Ranges wanted{{2 * piece, 4 * piece}, {30 * piece, 10 * piece}};
  site[0].start();
  ASSERT_TRUE(site[0].fetch(torrent, seeder.url(), false, wanted));
  ASSERT_TRUE(site.run_until([&] { return site[0].status().done; }));

  site[0].kill();
  site.run_until([] { return false; }, std::chrono::seconds(1));
  site[0].start();
  ASSERT_TRUE(site[0].fetch(torrent, seeder.url(), false, wanted));
  ASSERT_TRUE(site.run_until([&] { return site[0].status().done; }));

  EXPECT_EQ(site[0].status().bytes.resumed, 14 * piece);
  EXPECT_EQ(seeder.sent, 14 * piece);
  EXPECT_TRUE(holds(site[0], wanted));
}

TEST_F(WantedPieces, MayBeNoneAtAll) {
  LabSite site(1);
  LabSeeder seeder(site.loop, content);
  site[0].start();
  ASSERT_TRUE(site[0].fetch(torrent, seeder.url(), false, Ranges()));

  ASSERT_TRUE(site.run_until([&] { return site[0].status().done; }));
  site.run_until([] { return false; }, std::chrono::seconds(2));

  EXPECT_EQ(seeder.sent, 0u);
  EXPECT_EQ(site[0].status().role, "seed");
}

TEST_F(WantedPieces, InFastModeComeFromEveryone) {
  LabSite site(3);
  site[0].disk.put(LabDevice::path(), ByteView(content));
  const Ranges left{{0, 30 * piece}};
  const Ranges right{{15 * piece, 33 * piece}};
  for (auto& device : site.devices) {
    device->options.wan = WanMode::fast;
    device->start();
  }
  ASSERT_TRUE(site[0].fetch(torrent, "", true));
  ASSERT_TRUE(site[1].fetch(torrent, "", false, left));
  ASSERT_TRUE(site[2].fetch(torrent, "", false, right));

  ASSERT_TRUE(site.run_until([&] { return site.all_done(); }));

  EXPECT_TRUE(holds(site[1], left));
  EXPECT_TRUE(holds(site[2], right));
}

}  // namespace
}  // namespace dunlin
