#include "applier/boot_files.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_disk.h"
#include "tests/fakes/fake_root_mounter.h"

namespace dunlin {

namespace {

class BootFilesTest : public testing::Test {
 protected:
  BootFilesTest() {
    disk_.put("/root/boot/vmlinuz", "kernel 2");
    disk_.put("/root/boot/initrd", "initrd 2");
    disk_.put("/boot/a-vmlinuz", "kernel 1");
    disk_.put("/boot/b-vmlinuz", "kernel 0");
  }

  Result<void> copy() {
    Result<std::unique_ptr<RootFiles>> root = mounter_.mount("/slot-b");
    if (!root) return fail(std::move(root.error()));
    return copy_boot_files(disk_, settings_, "b", **root);
  }

  FakeDisk disk_;
  FakeRootMounter mounter_{disk_, "/root"};
  const BootFilesSettings settings_{"/boot", {{"/boot/vmlinuz", "vmlinuz"}, {"/boot/initrd", "initrd"}}};
};

TEST_F(BootFilesTest, CopiesUnderTheSlotsOwnNames) {
  ASSERT_TRUE(copy());

  EXPECT_EQ(disk_.get_text("/boot/b-vmlinuz"), "kernel 2");
  EXPECT_EQ(disk_.get_text("/boot/b-initrd"), "initrd 2");
  EXPECT_EQ(disk_.get_text("/boot/a-vmlinuz"), "kernel 1");
}

TEST_F(BootFilesTest, OutliveAPowerCutOnceTheyAreCopiedToAFatPartition) {
  disk_.make_fat("/boot");

  ASSERT_TRUE(copy());
  disk_.cut_power();
  disk_.restart(Unsynced::lost);

  EXPECT_EQ(disk_.get_text("/boot/b-vmlinuz"), "kernel 2");
  EXPECT_EQ(disk_.get_text("/boot/b-initrd"), "initrd 2");
}

TEST_F(BootFilesTest, OfTheOtherSlotAreNeverTouched) {
  disk_.make_fat("/boot");
  for (int cut = 1; cut < 40; ++cut) {
    disk_.cut_power_at(cut);
    const bool copied = static_cast<bool>(copy());
    disk_.restart(Unsynced::torn, static_cast<std::uint64_t>(cut));

    EXPECT_EQ(disk_.get_text("/boot/a-vmlinuz"), "kernel 1") << "cut before change " << cut;
    EXPECT_TRUE(copied || cut < 20) << "the loop does not reach the end";
  }
}

}  // namespace

}  // namespace dunlin
