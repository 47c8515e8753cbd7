// Devices of a site with a budget each: what the site reads, and where it goes on. Real swarms on loopback.
#include "swarm/wan_gate.h"

#include "tests/fakes/fake_wan_gate.h"
#include "tests/swarm/swarm_lab.h"

namespace dunlin {
namespace {

constexpr std::size_t content_size = 3 * 1024 * 1024 + 777;
constexpr std::uint64_t piece_bytes = 65'536;
// Who takes over at the wall may not have all yet that the former leader read.
constexpr std::uint64_t spreading_bytes = 4 * piece_bytes;

struct WanGateTest : testing::Test {
  WanGateTest() {
    seeder.rate = 1'000'000;  // slower than neighbours hear of each other
    for (auto& device : site.devices) {
      gates.push_back(std::make_shared<FakeWanGate>());
      gates.back()->limit = limit;
      device->options.wan_gate = gates.back();
    }
  }

  void start() {
    for (auto& device : site.devices) {
      device->start();
      ASSERT_TRUE(device->fetch(torrent, seeder.url()));
    }
  }
  bool all_stand() {
    return std::all_of(site.devices.begin(), site.devices.end(),
                       [](const auto& device) { return device->status().wan_state == "budget"; });
  }
  bool all_have_the_same() {
    return std::all_of(site.devices.begin(), site.devices.end(), [&](const auto& device) {
      return device->status().verified == site[0].status().verified;
    });
  }

  const std::uint64_t limit = content_size * 6 / 10;
  Bytes content = random_content(content_size, 7);
  Bytes torrent = torrent_of(content);
  LabSite site{3};
  LabSeeder seeder{site.loop, content};
  std::vector<std::shared_ptr<FakeWanGate>> gates;
};

TEST_F(WanGateTest, ASiteSpendsOneBudgetAndNotOneForEachDevice) {
  start();

  ASSERT_TRUE(site.run_until([&] { return all_stand(); }));

  EXPECT_LE(seeder.sent, limit + spreading_bytes);
  EXPECT_GT(seeder.sent, limit - piece_bytes);
  ASSERT_TRUE(site.run_until([&] { return all_have_the_same(); }));
}

TEST_F(WanGateTest, WhenThereIsBudgetAgainTheSiteGoesOnWhereItStopped) {
  start();
  ASSERT_TRUE(site.run_until([&] { return all_stand(); }));

  for (auto& gate : gates) gate->limit = 2 * content_size;

  ASSERT_TRUE(site.run_until([&] { return site.all_done(); }));
  EXPECT_LE(seeder.sent, content_size + spreading_bytes);
  for (auto& device : site.devices) EXPECT_EQ(device->disk.get(LabDevice::path()), content);
}

TEST_F(WanGateTest, WhatNeighboursHadBeforeIsFree) {
  gates[0]->limit = 2 * content_size;
  site[0].start();
  ASSERT_TRUE(site[0].fetch(torrent, seeder.url()));
  ASSERT_TRUE(site.run_until([&] { return site[0].status().done; }));

  site[1].start();
  ASSERT_TRUE(site[1].fetch(torrent, seeder.url()));

  ASSERT_TRUE(site.run_until([&] { return site[1].status().done; }));
  EXPECT_EQ(gates[1]->spent + gates[1]->shared, 0u);
}

}  // namespace
}  // namespace dunlin
