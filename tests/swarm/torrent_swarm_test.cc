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

TEST_F(TorrentSwarm, AnotherDeviceLeadsWhenTheLeaderDies) {
  LabSite site(3);
  LabSeeder seeder(site.loop, content);
  seeder.rate = 1'500'000;
  for (auto& device : site.devices) {
    device->start();
    ASSERT_TRUE(device->fetch(torrent, seeder.url()));
  }
  ASSERT_TRUE(
      site.run_until([&] { return site.leader() && site.leader()->status().verified > content_size / 4; }));

  site.leader()->kill();

  ASSERT_TRUE(site.run_until([&] { return site.all_done(); }));
  EXPECT_LE(seeder.sent, content_size + (2u << 20));
  int complete = 0;
  for (auto& device : site.devices) complete += device->disk.get(LabDevice::path()) == content ? 1 : 0;
  EXPECT_EQ(complete, 2);
}

TEST_F(TorrentSwarm, ALeaderWhoseWanFailsGivesWay) {
  LabSite site(2);
  LabSeeder seeder(site.loop, content);
  LabSeeder broken(site.loop, content);
  broken.down = true;
  for (auto& device : site.devices) device->options.leader_patience = std::chrono::milliseconds(1'000);
  site[0].start();
  site[1].start();
  ASSERT_TRUE(site[0].fetch(torrent, broken.url()));
  ASSERT_TRUE(site[1].fetch(torrent, seeder.url()));

  ASSERT_TRUE(site.run_until([&] { return site.all_done(); }));

  EXPECT_TRUE(site[0].heard("leader", "dev-1"));
  EXPECT_TRUE(site[0].heard("wan_error", "503"));
  EXPECT_TRUE(site[1].heard("leader", "dev-2"));
  EXPECT_EQ(seeder.sent, content_size);
}

TEST_F(TorrentSwarm, AfterAPowerCutNothingVerifiedAndSyncedIsFetchedAgain) {
  LabSite site(1);
  LabSeeder seeder(site.loop, content);
  seeder.rate = 1'500'000;
  site[0].start();
  ASSERT_TRUE(site[0].fetch(torrent, seeder.url()));
  ASSERT_TRUE(site.run_until([&] { return site[0].status().verified > content_size * 3 / 4; }));
  const std::uint64_t verified = site[0].status().verified;

  site[0].disk.cut_power();
  site[0].kill();
  site.run_until([] { return false; }, std::chrono::seconds(1));
  site[0].disk.restart(Unsynced::torn, 3);
  site[0].start();
  ASSERT_TRUE(site[0].fetch(torrent, seeder.url()));
  ASSERT_TRUE(site.run_until([&] { return site.all_done(); }));

  const ByteLedger bytes = site[0].status().bytes;
  EXPECT_GE(bytes.resumed + (2u << 20), verified);
  EXPECT_EQ(bytes.resumed + bytes.wan, content_size);
  EXPECT_TRUE(site[0].heard("resumed", "bytes"));
  EXPECT_EQ(site[0].disk.get(LabDevice::path()), content);
}

TEST_F(TorrentSwarm, AKilledProcessLosesNothingThatWasVerified) {
  LabSite site(1);
  LabSeeder seeder(site.loop, content);
  seeder.rate = 1'500'000;
  site[0].start();
  ASSERT_TRUE(site[0].fetch(torrent, seeder.url()));
  ASSERT_TRUE(site.run_until([&] { return site[0].status().verified > content_size / 2; }));
  const std::uint64_t verified = site[0].status().verified;

  site[0].kill();
  site.run_until([] { return false; }, std::chrono::seconds(1));
  site[0].start();
  ASSERT_TRUE(site[0].fetch(torrent, seeder.url()));
  ASSERT_TRUE(site.run_until([&] { return site.all_done(); }));

  EXPECT_GE(site[0].status().bytes.resumed, verified);
  EXPECT_EQ(site[0].disk.get(LabDevice::path()), content);
}

TEST_F(TorrentSwarm, APeerThatSendsCorruptPiecesIsBanned) {
  LabSite site(3);
  Bytes rotten = content;
  for (std::size_t at = 100; at < rotten.size(); at += 65'536) rotten[at] ^= 1;
  site[0].disk.put(LabDevice::path(), ByteView(content));
  site[1].disk.put(LabDevice::path(), ByteView(rotten));
  for (auto& device : site.devices) device->start();
  ASSERT_TRUE(site[1].fetch(torrent, "", true));
  ASSERT_TRUE(site[2].fetch(torrent, ""));
  ASSERT_TRUE(site.run_until([&] { return site[2].heard("peer_banned", site[1].address()); }));

  ASSERT_TRUE(site[0].fetch(torrent, "", true));
  ASSERT_TRUE(site.run_until([&] { return site[2].status().done; }));

  EXPECT_EQ(site[2].disk.get(LabDevice::path()), content);
  EXPECT_GT(site[2].status().bytes.wasted, 0u);
}

TEST_F(TorrentSwarm, AServerThatChangesBytesIsNamedAndNothingOfItIsKept) {
  LabSite site(1);
  LabSeeder seeder(site.loop, content);
  seeder.lie = true;
  site[0].start();
  ASSERT_TRUE(site[0].fetch(torrent, seeder.url()));
  ASSERT_TRUE(
      site.run_until([&] { return site[0].heard("wan_error", "does not match the signed torrent"); }));

  seeder.lie = false;

  ASSERT_TRUE(site.run_until([&] { return site.all_done(); }));
  EXPECT_GT(site[0].status().bytes.wasted, 0u);
  EXPECT_EQ(site[0].disk.get(LabDevice::path()), content);
}

TEST_F(TorrentSwarm, AFullDiskStopsTheTransferWithWordsOnWhatToDo) {
  LabSite site(1);
  LabSeeder seeder(site.loop, content);
  site[0].start();
  ASSERT_TRUE(site[0].fetch(torrent, seeder.url()));
  ASSERT_TRUE(site.run_until([&] { return site[0].status().role == "leader"; }));

  site[0].disk.fail_write(5, ENOSPC);

  ASSERT_TRUE(site.run_until([&] { return site[0].status().failure.has_value(); }));
  EXPECT_EQ(site[0].status().failure->kind, ErrorKind::device);
  EXPECT_NE(site[0].status().failure->message.find("make room"), std::string::npos);
}

TEST_F(TorrentSwarm, AFileThatVanishesStopsTheTransfer) {
  LabSite site(1);
  LabSeeder seeder(site.loop, content);
  seeder.rate = 1'000'000;
  site[0].start();
  ASSERT_TRUE(site[0].fetch(torrent, seeder.url()));
  ASSERT_TRUE(site.run_until([&] { return site[0].status().verified > 0; }));

  ASSERT_TRUE(site[0].disk.remove(LabDevice::path()));

  ASSERT_TRUE(site.run_until([&] { return site[0].status().failure.has_value(); }));
  EXPECT_NE(site[0].status().failure->message.find("was removed"), std::string::npos);
}

TEST_F(TorrentSwarm, RefusesATorrentWithAFlippedBit) {
  LabSite site(1);
  site[0].start();
  Bytes flipped = torrent;
  flipped[flipped.size() / 2] ^= 1;

  const Result<TransferId> added = site[0].fetch(flipped, "");

  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().kind, ErrorKind::bad_image);
}

TEST_F(TorrentSwarm, RefusesATransferWithoutRoomBeforeTheFirstByte) {
  LabSite site(1);
  site[0].start();
  site[0].disk.set_capacity(1u << 20);

  const Result<TransferId> added = site[0].fetch(torrent, "");

  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().kind, ErrorKind::device);
}

TEST_F(TorrentSwarm, TakesEverythingFromANeighbourWhenTheWanIsOff) {
  LabSite site(2);
  LabSeeder seeder(site.loop, content);
  site[0].disk.put(LabDevice::path(), ByteView(content));
  site[1].options.wan = WanMode::never;
  site[0].start();
  site[1].start();
  ASSERT_TRUE(site[0].fetch(torrent, seeder.url(), true));
  ASSERT_TRUE(site[1].fetch(torrent, seeder.url()));

  ASSERT_TRUE(site.run_until([&] { return site[1].status().done; }));

  EXPECT_EQ(seeder.sent, 0u);
  EXPECT_EQ(site[1].status().bytes.lan, content_size);
}

TEST_F(TorrentSwarm, InFastModeEveryoneTakesFromEveryone) {
  LabSite site(4);
  site[0].disk.put(LabDevice::path(), ByteView(content));
  for (auto& device : site.devices) {
    device->options.wan = WanMode::fast;
    device->start();
    ASSERT_TRUE(device->fetch(torrent, "", device == site.devices[0]));
  }

  ASSERT_TRUE(site.run_until([&] { return site.all_done(); }));

  for (auto& device : site.devices) EXPECT_EQ(device->disk.get(LabDevice::path()), content);
}

TEST_F(TorrentSwarm, DevicesOfTwoSitesLeadForThemselves) {
  LabSite site(2);
  LabSeeder seeder(site.loop, content);
  site[1].options.site = "elsewhere";
  for (auto& device : site.devices) {
    device->start();
    ASSERT_TRUE(device->fetch(torrent, seeder.url()));
  }

  ASSERT_TRUE(site.run_until([&] { return site.all_done(); }));

  EXPECT_EQ(seeder.sent, 2 * content_size);
}

TEST_F(TorrentSwarm, ShutsDownCleanlyAndResumesWithoutHashing) {
  LabSite site(1);
  LabSeeder seeder(site.loop, content);
  site[0].start();
  ASSERT_TRUE(site[0].fetch(torrent, seeder.url()));
  ASSERT_TRUE(site.run_until([&] { return site.all_done(); }));
  bool closed = false;
  asio::co_spawn(site.loop.io(), site[0].swarm->shut_down(), [&](std::exception_ptr) { closed = true; });

  ASSERT_TRUE(site.run_until([&] { return closed; }));

  site[0].kill();
  site[0].start();
  ASSERT_TRUE(site[0].fetch(torrent, seeder.url()));
  ASSERT_TRUE(site.run_until([&] { return site.all_done(); }));
  EXPECT_EQ(site[0].status().bytes.resumed, content_size);
  EXPECT_EQ(seeder.sent, content_size);
}

TEST_F(TorrentSwarm, ATakenPortIsNamed) {
  EventLoop loop;
  asio::ip::tcp::acceptor taken(loop.io(), {asio::ip::make_address("127.0.0.1"), 0});
  LabDevice device(loop, "dev-1", "127.0.0.1");
  device.options.listen_port = taken.local_endpoint().port();
  device.options.discover = false;
  SystemClock clock;
  SeededRandom random(1);
  HttpClient http(loop.io(), "");

  const auto made = make_torrent_swarm(device.options, SwarmMachine{loop, device.disk, clock, random, http});

  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::usage);
  EXPECT_NE(made.error().message.find(std::to_string(taken.local_endpoint().port())), std::string::npos);
}

}  // namespace
}  // namespace dunlin
