// Devices with an uplink each: real sessions, beacons and HTTP on loopback. A device's uplink is a server of
// its own with the content behind a rate.
#include "tests/swarm/swarm_lab.h"

namespace dunlin {
namespace {

constexpr std::size_t content_size = 4 * 1024 * 1024 + 777;
constexpr std::uint64_t piece = 65'536;

struct OwnUplinks : testing::Test {
  Bytes content = random_content(content_size, 11);
  Bytes torrent = torrent_of(content);

  // `rates`: bytes a second of each device's uplink.
  void start(const std::vector<std::uint64_t>& rates, WanMode mode = WanMode::own) {
    site = std::make_unique<LabSite>(static_cast<int>(rates.size()));
    for (std::size_t i = 0; i < rates.size(); ++i) {
      uplinks.push_back(std::make_unique<LabSeeder>(site->loop, content));
      uplinks.back()->rate = rates[i];
      (*site)[i].options.wan = mode;
    }
  }

  void fetch() {
    for (std::size_t i = 0; i < site->devices.size(); ++i) {
      (*site)[i].start();
      ASSERT_TRUE((*site)[i].fetch(torrent, uplinks[i]->url()));
    }
  }

  std::uint64_t crossed() const {
    std::uint64_t sum = 0;
    for (const auto& uplink : uplinks) sum += uplink->sent;
    return sum;
  }

  void expect_all_complete() const {
    for (const auto& device : site->devices) EXPECT_EQ(device->disk.get(LabDevice::path()), content);
  }

  std::unique_ptr<LabSite> site;
  std::vector<std::unique_ptr<LabSeeder>> uplinks;  // go before the site
};

TEST_F(OwnUplinks, ShareTheContentAndReadItOnce) {
  start({500'000, 500'000, 500'000, 500'000});
  fetch();

  ASSERT_TRUE(site->run_until([&] { return site->all_done(); }));

  expect_all_complete();
  EXPECT_LE(crossed(), content_size + 8 * piece);
  for (const auto& uplink : uplinks) EXPECT_GE(uplink->sent, content_size / 4 / 2);
}

TEST_F(OwnUplinks, OfDifferentSpeedsAreAllUsed) {
  start({200'000, 800'000});
  fetch();

  ASSERT_TRUE(site->run_until([&] { return site->all_done(); }));

  expect_all_complete();
  EXPECT_LE(crossed(), content_size + 4 * piece);
  EXPECT_GE(uplinks[0]->sent, content_size / 10);
  EXPECT_GE(uplinks[1]->sent, content_size * 6 / 10);
}

TEST_F(OwnUplinks, ThatBringNothingHoldUpNobody) {
  start({500'000, 500'000, 500'000});
  uplinks[0]->silent = true;
  (*site)[0].options.leader_patience = std::chrono::milliseconds(1'000);
  fetch();

  ASSERT_TRUE(site->run_until([&] { return site->all_done(); }));

  expect_all_complete();
  EXPECT_LE(crossed(), content_size + 4 * piece);
}

TEST_F(OwnUplinks, OfADeviceThatDiesAreReplaced) {
  start({500'000, 500'000, 500'000});
  fetch();
  ASSERT_TRUE(site->run_until([&] { return (*site)[1].status().verified > content_size / 3; }));

  (*site)[0].kill();

  ASSERT_TRUE(site->run_until([&] { return site->all_done(); }));
  EXPECT_EQ((*site)[1].disk.get(LabDevice::path()), content);
  EXPECT_EQ((*site)[2].disk.get(LabDevice::path()), content);
  EXPECT_LE(crossed(), content_size + 10 * piece);
}

TEST_F(OwnUplinks, StandBesideDevicesThatShareOneAndDevicesThatHaveNone) {
  start({500'000, 500'000, 500'000, 500'000, 500'000});
  (*site)[2].options.wan = (*site)[3].options.wan = WanMode::shared;
  (*site)[4].options.wan = WanMode::never;
  fetch();

  ASSERT_TRUE(site->run_until([&] { return site->all_done(); }));

  expect_all_complete();
  EXPECT_LE(crossed(), content_size + 10 * piece);
  EXPECT_GE(uplinks[0]->sent, content_size / 3 / 2);
  EXPECT_GE(uplinks[1]->sent, content_size / 3 / 2);
  EXPECT_GE(uplinks[2]->sent + uplinks[3]->sent, content_size / 3 / 2);
  EXPECT_EQ(std::min(uplinks[2]->sent, uplinks[3]->sent), 0u) << "two that share one both read";
  EXPECT_EQ(uplinks[4]->sent, 0u);
}

}  // namespace
}  // namespace dunlin
