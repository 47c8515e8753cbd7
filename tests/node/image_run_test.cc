// A whole device that fills its spare slot from neighbours: real driver, store, slots and torrent; network,
// applier and time are fakes whose worlds survive kills and reboots.
#include "node/image_run.h"

#include "tests/node/device_bench.h"
#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

using std::chrono_literals::operator""s;

constexpr std::size_t piece = 64 * 1024;

const Bytes& image_1() {
  static const Bytes image = noise(1'300'003, 1);
  return image;
}

// Differs from the first in two pieces.
const Bytes& image_2() {
  static const Bytes image = [] {
    Bytes bytes = image_1();
    bytes[5 * piece + 7] ^= 1;
    bytes[15 * piece] ^= 1;
    return bytes;
  }();
  return image;
}

const Bytes& unrelated_image() {
  static const Bytes image = noise(1'000'000, 9);
  return image;
}

const PublishedRelease& release_2() {
  static const PublishedRelease release = publish("2.0", image_2(), nullptr);
  return release;
}

Bytes start_of(const Bytes& slot, std::size_t size) {
  return Bytes(slot.begin(), slot.begin() + static_cast<std::ptrdiff_t>(std::min(size, slot.size())));
}

LanOffer whole_image() {
  return {content_key(sha256(image_2())), image_2().size(), "dev-7"};
}

// A device that boots `image`; a neighbour has release 2 in a slot.
struct ImageRunTest : testing::Test {
  DeviceBench& device(const Bytes& image) {
    bench.emplace("1.0", image);
    bench->offer(release_2());
    bench->swarm.offers = {whole_image()};
    return *bench;
  }
  UpdateLedger ledger() { return bench->store().ledger("2.0").value(); }

  std::optional<DeviceBench> bench;
};

TEST_F(ImageRunTest, FillsTheSlotFromNeighboursWithoutTheWan) {
  device(unrelated_image());

  ASSERT_TRUE(bench->live_until(Phase::confirmed));

  EXPECT_EQ(start_of(bench->slot("b"), image_2().size()), image_2());
  EXPECT_EQ(bench->slot("a"), unrelated_image()) << "the booted slot was never touched";
  EXPECT_EQ(bench->applier.booted().version, "2.0");
  EXPECT_EQ(ledger().lan, image_2().size());
  EXPECT_EQ(ledger().wan, 0u);
  EXPECT_NE(bench->event("planned").find("dev-7"), std::string::npos) << bench->event("planned");
}

TEST_F(ImageRunTest, FetchesOnlyPiecesThatNoSlotHas) {
  device(image_1());

  ASSERT_TRUE(bench->live_until(Phase::confirmed));

  EXPECT_EQ(start_of(bench->slot("b"), image_2().size()), image_2());
  EXPECT_EQ(bench->swarm.fetched, 2 * piece);
  EXPECT_EQ(ledger().slot, image_2().size() - 2 * piece);
}

TEST_F(ImageRunTest, FetchesNoPieceTwiceWhereverItIsKilled) {
  device(unrelated_image()).swarm.step = 2 * piece;
  ASSERT_TRUE(bench->run_until(Phase::verifying));
  const int steps = bench->steps_taken;
  for (int k = 1; k <= steps; ++k) {
    device(unrelated_image()).swarm.step = 2 * piece;
    bench->run([] { return false; }, k);

    ASSERT_TRUE(bench->live_until(Phase::confirmed)) << "killed after " << k;

    EXPECT_EQ(start_of(bench->slot("b"), image_2().size()), image_2()) << k;
    EXPECT_EQ(bench->swarm.fetched, image_2().size()) << k;
    EXPECT_EQ(ledger().wan, 0u) << k;
  }
}

TEST_F(ImageRunTest, TurnsToThePackWhenNeighboursGiveNothing) {
  device(unrelated_image());
  bench->swarm.available = 600'000;
  const auto ticking = [this] {
    bench->clock.advance(1s);
    return !bench->event("image_starved").empty() && bench->live.source == SourceKind::pack;
  };

  ASSERT_TRUE(bench->run(ticking));

  EXPECT_EQ(bench->live.pack_size, release_2().packs[0].size());
  bench->swarm.available = ~std::uint64_t{0};
  ASSERT_TRUE(bench->live_until(Phase::confirmed));
  EXPECT_EQ(start_of(bench->slot("b"), image_2().size()), image_2());
}

TEST_F(ImageRunTest, ThePackThatItTurnsToFindsItsFolder) {
  device(unrelated_image());
  bench->swarm.available = 600'000;
  const auto ticking = [this] {
    bench->clock.advance(1s);
    const bool turned = bench->live.source == SourceKind::pack && !bench->event("image_starved").empty();
    if (turned) bench->swarm.available = ~std::uint64_t{0};
    return turned && bench->phase() == Phase::verifying;
  };

  EXPECT_TRUE(bench->run(ticking)) << bench->live.last_error;
}

TEST_F(ImageRunTest, LeavesAPackWhenANeighbourHasTheImageMeanwhile) {
  const Bytes image = noise(4'000'000, 4);
  device(unrelated_image()).offer(publish("2.0", image, nullptr));
  bench->swarm.offers.clear();
  bench->swarm.step = piece;
  const auto ticking = [&] {
    bench->clock.advance(1s);
    if (bench->swarm.fetched > 500'000)
      bench->swarm.offers = {{content_key(sha256(image)), image.size(), "b"}};
    return bench->live.source == SourceKind::image;
  };
  ASSERT_TRUE(bench->run(ticking));
  const std::uint64_t before = bench->swarm.fetched;
  EXPECT_LT(before, 2'000'000u);

  ASSERT_TRUE(bench->live_until(Phase::confirmed));

  EXPECT_EQ(start_of(bench->slot("b"), image.size()), image);
  EXPECT_LE(ledger().wan, before);
  EXPECT_FALSE(bench->event("image_near").empty());
}

TEST_F(ImageRunTest, LeavesASmallPackThatStandsStillWhenANeighbourHasTheImage) {
  device(image_1()).offer(publish("2.0", image_2(), &image_1()));
  bench->swarm.offers.clear();
  bench->swarm.available = 0;
  ASSERT_TRUE(bench->run_until(Phase::fetching));
  ASSERT_EQ(bench->live.source, SourceKind::pack);
  bench->swarm.offers = {whole_image()};
  int seconds = 0;
  const auto ticking = [&] {
    bench->clock.advance(1s);
    ++seconds;
    return bench->live.source == SourceKind::image;
  };

  ASSERT_TRUE(bench->run(ticking, 100));
  bench->swarm.available = ~std::uint64_t{0};
  ASSERT_TRUE(bench->live_until(Phase::confirmed)) << bench->live.last_error;

  EXPECT_GE(seconds, 10);
  EXPECT_EQ(start_of(bench->slot("b"), image_2().size()), image_2());
  EXPECT_EQ(ledger().wan, 0u);
}

TEST_F(ImageRunTest, LeavesAPackThatNobodyAtASiteWithoutWanHasAnyOfAtOnce) {
  device(image_1()).offer(publish("2.0", image_2(), &image_1()));
  bench->config.wan = WanPolicy::never;
  bench->swarm.offers = {{content_key(sha256(image_1())), image_1().size(), "dev-8"}};
  bench->swarm.available = 0;
  ASSERT_TRUE(bench->run_until(Phase::fetching));
  ASSERT_EQ(bench->live.source, SourceKind::pack);
  bench->swarm.offers.push_back(whole_image());
  int seconds = 0;
  const auto ticking = [&] {
    bench->clock.advance(1s);
    ++seconds;
    return bench->live.source == SourceKind::image;
  };

  ASSERT_TRUE(bench->run(ticking, 100));

  EXPECT_LT(seconds, 10);
}

TEST_F(ImageRunTest, HopesForASmallPackOfWhichSomebodyHasAPart) {
  const PublishedRelease release = publish("2.0", image_2(), &image_1());
  device(image_1()).offer(release);
  bench->config.wan = WanPolicy::never;
  bench->swarm.offers.clear();
  bench->swarm.available = 0;
  ASSERT_TRUE(bench->run_until(Phase::fetching));
  bench->swarm.offers = {whole_image()};
  for (const Bytes& pack : release.packs)
    bench->swarm.offers.push_back({content_key(sha256(pack)), 1, "dev-9"});
  int seconds = 0;
  const auto ticking = [&] {
    bench->clock.advance(1s);
    ++seconds;
    return bench->live.source == SourceKind::image;
  };

  ASSERT_TRUE(bench->run(ticking, 100));

  EXPECT_GE(seconds, 10);
}

TEST_F(ImageRunTest, StaysWithThePackThatANeighbourHasToo) {
  device(unrelated_image());
  bench->swarm.offers.push_back(
      {content_key(sha256(release_2().packs[0])), release_2().packs[0].size(), "dev-8"});

  ASSERT_TRUE(bench->live_until(Phase::confirmed));

  EXPECT_EQ(bench->live.source, SourceKind::pack);
  EXPECT_TRUE(bench->event("image_near").empty());
}

TEST_F(ImageRunTest, NeedsNoRoomForThePack) {
  device(unrelated_image());
  bench->disk.free_ = 1'000'000;

  EXPECT_TRUE(bench->live_until(Phase::confirmed));
}

TEST_F(ImageRunTest, ShowsThePlanAndItsWanBytes) {
  device(unrelated_image());

  ASSERT_TRUE(bench->run([this] { return bench->live.source == SourceKind::image; }));

  EXPECT_EQ(bench->live.predicted_wan_bytes, 0u);
  EXPECT_EQ(bench->live.pack_size, image_2().size());
  EXPECT_NE(bench->live.plan_reason.find("nothing over the WAN"), std::string::npos);
}

}  // namespace
}  // namespace dunlin
