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

}  // namespace
}  // namespace dunlin
