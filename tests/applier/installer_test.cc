#include "applier/installer.h"

#include <gtest/gtest.h>

#include "core/base/random.h"
#include "tests/fakes/fake_boot_control.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_disk.h"
#include "tests/fakes/fake_process_runner.h"
#include "tests/fakes/fake_root_mounter.h"
#include "tests/fakes/fake_watchdog.h"

namespace dunlin {

namespace {

constexpr std::uint64_t slot_size = 64 * 1024;

Bytes make_image(std::uint64_t seed) {
  Bytes image(50'001);
  SeededRandom(seed).fill(image);
  return image;
}

AdmittedImage admitted(const Bytes& image, const std::string& version) {
  return {{sha256(image), version, image.size()}, "1"};
}

class InstallerTest : public testing::Test {
 protected:
  InstallerTest() {
    disk_.put("/slot-a", Bytes(slot_size, 0xAA));
    disk_.put("/slot-b", Bytes(slot_size, 0xBB));
    disk_.put("/root/boot/vmlinuz", "kernel 2");
    disk_.put("/boot/a-vmlinuz", "kernel 1");
  }

  FakeDisk disk_;
  StateFile state_ = [this] {
    disk_.put("/state/keep", "");
    return *StateFile::open(disk_, "/state/state.json");
  }();

  void write_image(SpareSlot& slot) { ASSERT_TRUE(slot.file->write_at(0, image_)); }
  void install() {
    Result<SpareSlot> slot = installer_.begin(admitted(image_, "2"), false);
    ASSERT_TRUE(slot) << slot.error().message;
    write_image(*slot);
  }

  FakeBootControl boot_{{"a", "b"}};
  FakeProcessRunner runner_;
  FakeWatchdog watchdog_;
  FakeRootMounter mounter_{disk_, "/root"};
  Slots slots_{disk_, {{"a", "/slot-a"}, {"b", "/slot-b"}}, "a"};
  FakeClock clock_;
  BuiltInChecks built_in_{disk_, clock_, runner_, slots_.places(), {{}, std::chrono::seconds(1), {}}};
  SelfTest self_test_{
      disk_, runner_, watchdog_, built_in_, {"", std::chrono::seconds(5), std::chrono::seconds(60)}};
  Trial trial_{state_, boot_, self_test_, runner_, {3, {"reboot"}}};
  Installer installer_{
      disk_, slots_, boot_, state_, trial_, mounter_, {"/boot", {{"/boot/vmlinuz", "vmlinuz"}}}};
  Bytes image_ = make_image(1);
};

}  // namespace

TEST_F(InstallerTest, MarksTheSpareSlotUnbootableBeforeItHandsItOver) {
  Result<SpareSlot> slot = installer_.begin(admitted(image_, "2"), false);

  ASSERT_TRUE(slot);
  EXPECT_EQ(slot->name, "b");
  EXPECT_EQ(slot->image_size, image_.size());
  EXPECT_FALSE(boot_.read()->of("b").enabled);
  EXPECT_EQ(installer_.phase(), "writing");
}

TEST_F(InstallerTest, ArmsWhatItReadBackAndCopiesItsBootFiles) {
  install();
  std::vector<std::uint64_t> progress;

  ASSERT_TRUE(installer_.commit([&](std::uint64_t done, std::uint64_t) { progress.push_back(done); }));

  EXPECT_EQ(installer_.phase(), "staged");
  EXPECT_EQ(boot_.read()->next, "b");
  EXPECT_EQ(disk_.get_text("/boot/b-vmlinuz"), "kernel 2");
  EXPECT_EQ(disk_.get_text("/boot/a-vmlinuz"), "kernel 1");
  EXPECT_TRUE(state_.now().slots.at("b").complete);
  EXPECT_EQ(progress.back(), image_.size());
  EXPECT_EQ(disk_.get("/slot-a"), Bytes(slot_size, 0xAA));
}

TEST_F(InstallerTest, RefusesASlotWithOneFlippedBitAndLeavesItUnbootable) {
  install();
  disk_.sync_all();
  disk_.damage_medium("/slot-b", 49'999);

  Result<void> committed = installer_.commit({});

  ASSERT_FALSE(committed);
  EXPECT_NE(committed.error().message.find("slot b"), std::string::npos);
  EXPECT_FALSE(boot_.read()->of("b").enabled);
  EXPECT_EQ(installer_.phase(), "writing");
  Result<SpareSlot> again = installer_.begin(admitted(image_, "2"), false);
  ASSERT_TRUE(again);
  write_image(*again);
  EXPECT_TRUE(installer_.commit({}));
}

TEST_F(InstallerTest, SeesBytesThatNeverReachedTheMedium) {
  Result<SpareSlot> slot = installer_.begin(admitted(image_, "2"), false);
  ASSERT_TRUE(slot);
  disk_.fail_sync(1);
  write_image(*slot);

  EXPECT_FALSE(installer_.commit({}));

  EXPECT_FALSE(boot_.read()->of("b").enabled);
}

TEST_F(InstallerTest, ContinuesTheSameImageAndRestartsForAnother) {
  install();
  ASSERT_TRUE(installer_.commit({}));
  const Bytes other = make_image(2);

  Result<SpareSlot> slot = installer_.begin(admitted(other, "3"), false);

  ASSERT_TRUE(slot);
  EXPECT_EQ(installer_.phase(), "writing");
  EXPECT_EQ(state_.now().trial.phase, TrialPhase::idle);
  EXPECT_FALSE(boot_.read()->of("b").enabled);
  EXPECT_FALSE(state_.now().slots.at("b").complete);
}

TEST_F(InstallerTest, CommitsASlotThatAlreadyHoldsTheImage) {
  install();
  ASSERT_TRUE(installer_.commit({}));
  ASSERT_TRUE(installer_.begin(admitted(image_, "2"), false));

  EXPECT_TRUE(installer_.commit({}));
}

TEST_F(InstallerTest, DoesNothingMoreWhenACommitIsRepeated) {
  install();
  ASSERT_TRUE(installer_.commit({}));
  const int changes = boot_.changes;

  ASSERT_TRUE(installer_.commit({}));

  EXPECT_EQ(boot_.changes, changes);
}

TEST_F(InstallerTest, RefusesATooSmallSlotBeforeTheFirstChange) {
  const Result<SpareSlot> slot = installer_.begin({{sha256({}), "2", slot_size + 1}, ""}, false);

  ASSERT_FALSE(slot);
  EXPECT_NE(slot.error().message.find("65536"), std::string::npos);
  EXPECT_EQ(boot_.changes, 0);
  EXPECT_TRUE(boot_.read()->of("b").enabled);
}

TEST_F(InstallerTest, RefusesAnImageThatFailedHereUnlessForced) {
  ApplierState failed;
  failed.remember_failed(sha256(image_));
  ASSERT_TRUE(state_.change(failed));

  Result<SpareSlot> refused = installer_.begin(admitted(image_, "2"), false);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::usage);
  EXPECT_TRUE(installer_.begin(admitted(image_, "2"), true));
}

TEST_F(InstallerTest, RefusesWhenFlagsCannotBeReadOrWritten) {
  boot_.unreadable = true;
  EXPECT_FALSE(installer_.begin(admitted(image_, "2"), false));
  boot_.unreadable = false;
  boot_.unwritable = true;
  EXPECT_FALSE(installer_.begin(admitted(image_, "2"), false));
}

TEST_F(InstallerTest, RefusesWhenNobodyKnowsWhatIsBooted) {
  Slots unknown(disk_, slots_.places(), std::nullopt);
  Installer installer(disk_, unknown, boot_, state_, trial_, mounter_, {});

  Result<SpareSlot> slot = installer.begin(admitted(image_, "2"), false);

  ASSERT_FALSE(slot);
  EXPECT_NE(slot.error().message.find("dunlin.slot"), std::string::npos);
}

TEST_F(InstallerTest, RefusesTwoNamesForOneDevice) {
  Slots twins(disk_, {{"a", "/slot-a"}, {"b", "/./slot-a"}}, "a");
  Installer installer(disk_, twins, boot_, state_, trial_, mounter_, {});

  EXPECT_FALSE(installer.begin(admitted(image_, "2"), false));
  EXPECT_EQ(disk_.get("/slot-a"), Bytes(slot_size, 0xAA));
}

TEST_F(InstallerTest, NamesABootFileThatTheImageLacks) {
  install();
  ASSERT_TRUE(disk_.remove("/root/boot/vmlinuz"));

  Result<void> committed = installer_.commit({});

  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().kind, ErrorKind::bad_image);
  EXPECT_NE(committed.error().message.find("/boot/vmlinuz"), std::string::npos);
  EXPECT_FALSE(boot_.read()->of("b").enabled);
}

TEST_F(InstallerTest, KeepsOldBootFilesWhenTheBootPartitionIsFull) {
  install();
  disk_.put("/boot/b-vmlinuz", "kernel 0");
  disk_.put("/root/boot/vmlinuz", std::string(100'000, 'k'));
  disk_.set_capacity(1);

  Result<void> committed = installer_.commit({});

  ASSERT_FALSE(committed);
  EXPECT_EQ(disk_.get_text("/boot/b-vmlinuz"), "kernel 0");
  EXPECT_FALSE(disk_.get("/boot/b-vmlinuz.new"));
}

TEST_F(InstallerTest, TakesAnInstallBack) {
  install();
  ASSERT_TRUE(installer_.commit({}));

  ASSERT_TRUE(installer_.abort());

  EXPECT_EQ(installer_.phase(), "none");
  EXPECT_FALSE(boot_.read()->of("b").enabled);
  EXPECT_FALSE(installer_.commit({}));
}

}  // namespace dunlin
