#include "applier/applier_state.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_disk.h"

namespace dunlin {

namespace {

ApplierState full_state() {
  ApplierState state;
  const ImageRecord image{sha256(as_bytes("i")), "2", 5'000'000'000};
  state.slots["a"] = {image, true};
  state.install = InstallRecord{"b", image, "1"};
  state.trial = {TrialPhase::fell_back, *state.install, 2, "because \"x\"", {"/sys/fs/pstore/dmesg-efi-1"}};
  state.version_floor = "1.1";
  state.failed_images = {sha256(as_bytes("1")), sha256(as_bytes("2"))};
  return state;
}

}  // namespace

TEST(ApplierState, ReadsBackWhatItWrote) {
  EXPECT_EQ(*parse_applier_state(to_json(full_state())), full_state());
  EXPECT_EQ(*parse_applier_state(to_json(ApplierState{})), ApplierState{});
}

TEST(ApplierState, SurvivesEveryOneByteChangeAndTruncation) {
  const std::string good = to_json(full_state());
  for (std::size_t i = 0; i < good.size(); ++i) {
    EXPECT_FALSE(parse_applier_state(std::string_view(good).substr(0, i)));
    for (char value : {'"', '{', '-', '\0'}) {
      std::string damaged = good;
      damaged[i] = value;
      (void)parse_applier_state(damaged).has_value();
    }
  }
}

TEST(ApplierState, RemembersTheLastSixteenFailedImages) {
  ApplierState state;
  for (int i = 0; i < 20; ++i) state.remember_failed(sha256(as_bytes(std::to_string(i))));

  EXPECT_EQ(state.failed_images.size(), 16u);
  EXPECT_FALSE(state.has_failed(sha256(as_bytes("3"))));
  EXPECT_TRUE(state.has_failed(sha256(as_bytes("19"))));
}

TEST(StateFile, KeepsItsStateAcrossStartsAndStartsEmptyWhenDamaged) {
  FakeDisk disk;
  disk.put("/s/keep", "");
  ASSERT_TRUE(StateFile::open(disk, "/s/state")->change(full_state()));
  EXPECT_EQ(StateFile::open(disk, "/s/state")->now(), full_state());
  disk.put("/s/state", "{");

  EXPECT_EQ(StateFile::open(disk, "/s/state")->now(), ApplierState{});
}

TEST(StateFile, KeepsTheOldStateWhenTheDiskIsFull) {
  FakeDisk disk;
  disk.put("/s/keep", "");
  StateFile file = *StateFile::open(disk, "/s/state");
  disk.set_capacity(1);

  EXPECT_FALSE(file.change(full_state()));
  EXPECT_EQ(file.now(), ApplierState{});
}

}  // namespace dunlin
