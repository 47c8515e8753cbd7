// A machine that is slow can only make these pass: what is measured is that things take long enough.
#include "tests/swarm/swarm_lab.h"

namespace dunlin {
namespace {

constexpr std::size_t content_size = 3 * 1024 * 1024 + 777;
constexpr std::uint64_t rate = 1'000'000;

TEST(UploadLimit, HoldsForNeighboursOnTheLan) {
  const Bytes content = random_content(content_size, 7);
  const Bytes torrent = torrent_of(content);
  LabSite site(2);
  LabSeeder seeder(site.loop, content);
  site[0].options.upload_rate_max = rate;
  site[0].start();
  ASSERT_TRUE(site[0].fetch(torrent, seeder.url()));
  ASSERT_TRUE(site.run_until([&] { return site[0].status().done; }));
  site[1].options.wan = WanMode::never;
  site[1].start();
  ASSERT_TRUE(site[1].fetch(torrent, ""));
  ASSERT_TRUE(site.run_until([&] { return site[1].status().verified > 0; }));
  const std::uint64_t first = site[1].status().verified;
  const SteadyTime start = SystemClock().steady();

  ASSERT_TRUE(site.run_until([&] { return site[1].status().done; }));

  // A second's bytes may be on their way when the first piece is here.
  const auto least = std::chrono::milliseconds((content_size - first - rate) * 1'000 / rate);
  EXPECT_GE(SystemClock().steady() - start, least);
  EXPECT_EQ(site[1].disk.get(LabDevice::path()), content);
}

}  // namespace
}  // namespace dunlin
