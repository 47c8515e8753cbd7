// Devices without a delta pack: the full pack's bytes that the slots can lend are not fetched. The whole node
// as in update_driver_test.cc; the swarm's pieces are single bytes, so what is fetched is what was planned.
#include <fstream>

#include "core/content/pack_table.h"
#include "tests/node/device_bench.h"
#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

const Bytes& old_image() {
  static const Bytes image = noise(7'300'003, 21);
  return image;
}

// The old image with its beginning changed, and everything behind 600,000 moved by 12,345 bytes.
const Bytes& new_image() {
  static const Bytes image = [] {
    Bytes bytes = old_image();
    const Bytes patch = noise(12'345, 22);
    std::copy(patch.begin(), patch.end(), bytes.begin() + 100'000);
    bytes.insert(bytes.begin() + 600'000, patch.begin(), patch.end());
    return bytes;
  }();
  return image;
}

const Bytes& unrelated() {
  static const Bytes image = noise(6'000'000, 23);
  return image;
}

const PublishedRelease& release() {
  static const PublishedRelease made = publish("2.0", new_image(), nullptr);
  return made;
}

std::uint64_t pack_size() {
  return release().packs[0].size();
}

void write_at(const std::string& path, std::uint64_t offset, const std::string& text) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(offset));
  file << text;
}

// What an undisturbed device of this kind fetches.
std::uint64_t fetched_by(const Bytes& booted, const Bytes& spare) {
  DeviceBench device("1.0", booted);
  device.write_slot("b", spare);
  device.offer(release());
  EXPECT_TRUE(device.live_until(Phase::confirmed));
  return device.swarm.fetched;
}

TEST(SlotReuse, FetchesOnlyWhatTheBootedSlotLacks) {
  DeviceBench device("1.0", old_image());
  device.offer(release());
  std::uint64_t wanted = 0;
  device.run([&] {
    if (device.live.reuse && device.live.reuse->planned) wanted = device.live.transfer.wanted;
    return false;  // until it reboots
  });
  ASSERT_TRUE(device.live_until(Phase::confirmed)) << device.live.last_error;

  EXPECT_EQ(device.slot("b"), new_image());
  EXPECT_EQ(device.swarm.fetched, wanted);
  EXPECT_LT(device.swarm.fetched, pack_size() * 2 / 3);
  EXPECT_THAT(device.event("reuse"), testing::ContainsRegex("of 7.3 MB are on this device; .* MB to fetch"));
}

TEST(SlotReuse, CountsWhatSlotsLendAsSlotBytes) {
  DeviceBench device("1.0", old_image());
  device.offer(release());

  ASSERT_TRUE(device.live_until(Phase::confirmed));

  const UpdateLedger ledger = *device.store().ledger("2.0");
  EXPECT_EQ(ledger.wan, device.swarm.fetched);
  EXPECT_GT(ledger.slot, new_image().size() / 3);
  EXPECT_LE(ledger.slot + ledger.wan, new_image().size() + 20'000);
}

TEST(SlotReuse, TakesAlsoWhatIsLeftInTheSpareSlot) {
  EXPECT_EQ(fetched_by(unrelated(), {}), pack_size());

  EXPECT_LT(fetched_by(unrelated(), new_image()), pack_size() / 10);
  // Everything moves away from what has been written: the content lies further behind.
  Bytes shifted = noise(50'000, 24);
  shifted.insert(shifted.end(), new_image().begin(), new_image().end());
  EXPECT_LT(fetched_by(unrelated(), shifted), pack_size() * 2 / 3);
}

TEST(SlotReuse, AddsUpBothSlots) {
  Bytes half = new_image();
  const Bytes other = noise(half.size() / 2, 25);
  std::copy(other.begin(), other.end(), half.begin());

  EXPECT_LT(fetched_by(old_image(), half), fetched_by(unrelated(), half));
}

TEST(SlotReuse, FetchesNothingTwiceWhereverItIsKilled) {
  Bytes spare = new_image();
  const Bytes other = noise(spare.size() / 2, 26);
  std::copy(other.begin(), other.end(), spare.begin());
  const std::uint64_t undisturbed = fetched_by(unrelated(), spare);
  ASSERT_LT(undisturbed, pack_size());
  for (int kill_at = 1; kill_at <= 60; kill_at += 2) {
    DeviceBench device("1.0", unrelated());
    device.write_slot("b", spare);
    device.offer(release());
    device.swarm.step = 400'000;
    device.run_until(Phase::confirmed, kill_at);

    ASSERT_TRUE(device.live_until(Phase::confirmed))
        << "killed at step " << kill_at << ": " << device.live.last_error;

    EXPECT_EQ(device.slot("b"), new_image()) << "killed at step " << kill_at;
    EXPECT_EQ(device.swarm.fetched, undisturbed) << "killed at step " << kill_at;
  }
}

TEST(SlotReuse, FetchesWhatChangedInTheSlotAfterTheSearch) {
  DeviceBench device("1.0", old_image());
  device.offer(release());
  const std::uint64_t undisturbed = fetched_by(old_image(), {});
  bool spoiled = false;
  device.run([&] {
    if (!spoiled && device.live.reuse && device.live.reuse->planned) {
      write_at(device.applier.slot_files["a"], old_image().size() - 30'000, "a hand that mounted it");
      spoiled = true;
    }
    return false;  // until it reboots
  });
  ASSERT_TRUE(device.live_until(Phase::confirmed)) << device.live.last_error;

  EXPECT_TRUE(spoiled);
  EXPECT_EQ(device.slot("b"), new_image());
  EXPECT_GT(device.swarm.fetched, undisturbed);
  EXPECT_LE(device.swarm.fetched, pack_size());
}

TEST(SlotReuse, FetchesTheWholePackToTellWhetherItWasPublishedWrong) {
  const PublishedRelease bad = publish("2.0", new_image(), nullptr, [](Bytes& pack) {
    const std::uint64_t frames = *pack_table_end(ByteView(pack).first(pack_header_size));
    pack[frames + 105'000] ^= 4;  // of a segment that the booted slot cannot lend
  });
  DeviceBench device("1.0", old_image());
  device.offer(bad);

  ASSERT_TRUE(device.run([&] { return !device.event("refused").empty(); }));

  EXPECT_THAT(device.event("refused"), testing::HasSubstr("wrong as it was published"));
  EXPECT_EQ(device.swarm.fetched, pack_size());
}

TEST(SlotReuse, FetchesNoMoreOfAKeptPackAfterARestart) {
  DeviceBench device("1.0", old_image());
  device.offer(release());
  ASSERT_TRUE(device.live_until(Phase::confirmed));
  const std::uint64_t fetched = device.swarm.fetched;

  device.run([] { return false; }, 60);
  device.run([] { return false; }, 60);

  EXPECT_EQ(device.swarm.fetched, fetched);
}

TEST(SlotReuse, TakesWhatTheSpareSlotHasWhenTheBootedOneCannotBeRead) {
  DeviceBench device("1.0", unrelated());
  device.write_slot("b", new_image());
  device.offer(release());
  device.config.reboot = RebootPolicy::manual;
  std::filesystem::remove(device.applier.slot_files["a"]);

  ASSERT_TRUE(device.live_until(Phase::staged)) << device.live.last_error;

  EXPECT_EQ(device.slot("b"), new_image());
  EXPECT_LT(device.swarm.fetched, pack_size() / 10);
}

TEST(SlotReuse, ShowsTheShareOfWhatIsWantedAsProgress) {
  LiveStatus live;
  live.machine.phase = Phase::fetching;
  live.pack_size = 1'000'000;
  live.image_size = 4'000'000;
  live.transfer.wanted = 100'000;
  live.transfer.missing = 50'000;
  live.transfer.verified = 50'000;
  live.transfer.rate = 25'000;
  live.image_written = 2'000'000;
  live.reuse = ReuseStatus{10, 10, true, 9, 8};

  EXPECT_EQ(live.progress().percent, 47);
  EXPECT_EQ(live.progress().seconds_left, 2u);
}

}  // namespace
}  // namespace dunlin
