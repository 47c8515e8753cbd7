// Whole swarms whose way to the seeder is cut, silent or moved to another device.
#include "tests/swarm/swarm_lab.h"

namespace dunlin {
namespace {

using std::chrono_literals::operator""ms;

constexpr std::size_t content_size = 2 * 1024 * 1024 + 777;
constexpr std::uint64_t piece_bytes = 65'536;

struct WanTrouble : testing::Test {
  Bytes content = random_content(content_size, 11);
  Bytes torrent = torrent_of(content);

  void start_all(LabSite& site, const LabSeeder& seeder) {
    for (auto& device : site.devices) {
      device->start();
      ASSERT_TRUE(device->fetch(torrent, seeder.url()));
    }
  }
  static ByteLedger total(const LabSite& site) {
    ByteLedger sum;
    for (const auto& device : site.devices) {
      sum.wan += device->status().bytes.wan;
      sum.wasted += device->status().bytes.wasted;
    }
    return sum;
  }
};

TEST_F(WanTrouble, ALinkThatIsCutAgainAndAgainLosesNoByte) {
  LabSite site(2);
  LabSeeder seeder(site.loop, content);
  seeder.cut_after = 150'001;
  start_all(site, seeder);

  ASSERT_TRUE(site.run_until([&] { return site.all_done(); }));

  EXPECT_EQ(seeder.sent, content_size);
  EXPECT_EQ(total(site).wan, content_size);
  EXPECT_EQ(total(site).wasted, 0u);
}

TEST_F(WanTrouble, WhenTheLeadersLinkFallsSilentAnotherFetchesTheRestAndNoPieceComesTwice) {
  LabSite site(2);
  LabSeeder first(site.loop, content);
  LabSeeder second(site.loop, content);
  first.rate = second.rate = 600'000;
  for (auto& device : site.devices) device->start();
  ASSERT_TRUE(site[0].fetch(torrent, first.url()));
  ASSERT_TRUE(site[1].fetch(torrent, second.url()));
  ASSERT_TRUE(
      site.run_until([&] { return site.leader() && site.leader()->status().verified > content_size / 4; }));
  ASSERT_EQ(site.leader(), &site[0]);

  first.silent = true;

  ASSERT_TRUE(site.run_until([&] { return site.all_done(); }));
  EXPECT_TRUE(site[0].heard("leader", "dev-2"));
  EXPECT_EQ(total(site).wan, content_size);
  // What was lost: the two pieces that were not whole.
  EXPECT_LE(first.sent + second.sent, content_size + 3 * piece_bytes);
}

TEST_F(WanTrouble, AfterAnOutageOfTheWholeSiteEveryByteIsStillThere) {
  LabSite site(2);
  LabSeeder seeder(site.loop, content);
  seeder.rate = 600'000;
  for (auto& device : site.devices) device->options.leader_patience = 500ms;
  start_all(site, seeder);
  ASSERT_TRUE(
      site.run_until([&] { return site.leader() && site.leader()->status().verified > content_size / 4; }));
  LabDevice* const leader = site.leader();
  LabDevice& other = leader == &site[0] ? site[1] : site[0];

  seeder.silent = true;
  ASSERT_TRUE(site.run_until([&] { return other.status().role == "leader"; }));
  ASSERT_TRUE(site.run_until([&] { return leader->status().role == "leader"; }));
  seeder.cut();
  seeder.silent = false;

  ASSERT_TRUE(site.run_until([&] { return site.all_done(); }));
  EXPECT_EQ(total(site).wan, content_size);
  EXPECT_LE(seeder.sent, content_size + 3 * piece_bytes);
}

TEST_F(WanTrouble, ALeaderThatDiesTakesAFewPiecesWithItAtMost) {
  LabSite site(3);
  LabSeeder seeder(site.loop, content);
  seeder.rate = 600'000;
  start_all(site, seeder);
  ASSERT_TRUE(
      site.run_until([&] { return site.leader() && site.leader()->status().verified > content_size / 4; }));

  site.leader()->kill();

  ASSERT_TRUE(site.run_until([&] { return site.all_done(); }));
  EXPECT_LE(seeder.sent, content_size + 6 * piece_bytes);
}

}  // namespace
}  // namespace dunlin
