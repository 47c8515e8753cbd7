// Which slots a device serves to its neighbours, through the whole driver.
#include "node/image_shelf.h"

#include "tests/node/device_bench.h"
#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

const Bytes& image_1() {
  static const Bytes image = noise(900'000, 1);
  return image;
}

const PublishedRelease& release_1() {
  static const PublishedRelease release = publish("1.0", image_1(), nullptr);
  return release;
}

const PublishedRelease& release_2() {
  static const PublishedRelease release = publish("2.0", noise(800'000, 2), nullptr);
  return release;
}

struct ImageShelfTest : testing::Test {
  ImageShelfTest() {
    bench.offer(release_2());  // so that the network knows both images
    bench.offer(release_1());
  }
  bool serves(const std::string& slot) const {
    return bench.swarm.in_stores.contains("image of slot " + slot);
  }

  DeviceBench bench{"1.0", image_1()};
};

TEST_F(ImageShelfTest, ServesTheBootedSlotWhenItIsConfirmed) {
  EXPECT_TRUE(bench.run([this] { return serves("a"); }, 50));

  EXPECT_TRUE(bench.swarm.in_stores.at("image of slot a").is_full());
  EXPECT_FALSE(serves("b"));
}

TEST_F(ImageShelfTest, ReadsTheSlotOnceAndKnowsItsTorrentAfterARestart) {
  ASSERT_TRUE(bench.run([this] { return serves("a"); }, 50));
  Bytes changed = image_1();
  changed[100] ^= 1;  // would be noticed if it were read again
  bench.write_slot("a", changed);
  bench.swarm.in_stores.clear();

  EXPECT_TRUE(bench.run([this] { return serves("a"); }, 50));
}

TEST_F(ImageShelfTest, DoesNotServeASlotOnTrial) {
  bench.applier.booted().state = "trial";

  EXPECT_FALSE(bench.run([this] { return serves("a"); }, 50));
}

TEST_F(ImageShelfTest, ServesAConfirmedSpareSlotUntilAnInstallBegins) {
  bench.write_slot("b", release_2().image);
  SlotReport& spare = bench.applier.spare();
  spare.state = "confirmed";
  spare.version = "0.9";
  spare.image_id = sha256(release_2().image);
  spare.image_size = release_2().image.size();
  ASSERT_TRUE(bench.run([this] { return serves("a") && serves("b"); }, 50));
  bench.offer(publish("3.0", noise(700'000, 3), nullptr));
  bench.swarm.in_stores.clear();

  ASSERT_TRUE(bench.run_until(Phase::fetching));
  ASSERT_TRUE(bench.run_until(Phase::verifying));

  EXPECT_TRUE(serves("a"));
  EXPECT_FALSE(serves("b"));
}

TEST_F(ImageShelfTest, ASlotThatHoldsSomethingElseIsNotServedAndSaysSo) {
  Bytes changed = image_1();
  changed[100] ^= 1;
  bench.write_slot("a", changed);

  EXPECT_FALSE(bench.run([this] { return serves("a"); }, 50));

  EXPECT_NE(bench.event("slot_differs").find("mounted writable"), std::string::npos);
}

TEST_F(ImageShelfTest, ASlotThatChangesWhileItIsServedIsServedWithoutThosePieces) {
  ASSERT_TRUE(bench.run([this] { return serves("a"); }, 50));
  Bytes changed = image_1();
  changed[3 * 65'536] ^= 1;
  bench.write_slot("a", changed);
  const auto noticed = [this] {
    if (serves("a")) bench.swarm.failing["image of slot a"] = Error{ErrorKind::bad_image, {}, "piece 3"};
    const bool repaired = !bench.event("slot_differs").empty();
    if (repaired) bench.swarm.failing.clear();
    return repaired && serves("a");
  };

  ASSERT_TRUE(bench.run(noticed));

  const PieceSet& have = bench.swarm.in_stores.at("image of slot a");
  EXPECT_EQ(have.count(), have.size() - 1);
  EXPECT_FALSE(have.has(3));
}

}  // namespace
}  // namespace dunlin
