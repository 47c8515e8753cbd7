#include "applier/slot.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_disk.h"

namespace dunlin {

namespace {

const std::vector<SlotPlace> places{{"a", "/dev/a"}, {"b", "/dev/b"}};

}  // namespace

TEST(BootedSlot, IsNamedByTheKernelCommandLineInAnyCase) {
  EXPECT_EQ(parse_booted_slot("quiet dunlin.slot=b ro\n", places), "b");
  EXPECT_EQ(parse_booted_slot("rauc.slot=A", places), "a");
  EXPECT_EQ(parse_booted_slot("dunlin.slot=a dunlin.slot=b", places), "b");
  EXPECT_FALSE(parse_booted_slot("dunlin.slot=c xdunlin.slot=a dunlin.slot", places));
  EXPECT_FALSE(parse_booted_slot("", places));
}

TEST(MountTable, FindsADeviceByItsNumbers) {
  const char* table = "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n23 22 8:12 / /x ro - ext4 /dev/sda12 ro\n";

  EXPECT_TRUE(is_mounted(table, 8, 1));
  EXPECT_TRUE(is_mounted(table, 8, 12));
  EXPECT_FALSE(is_mounted(table, 8, 2));
  EXPECT_FALSE(is_mounted("", 8, 1));
}

TEST(Slots, NamesTheSlotWhoseDeviceIsMissing) {
  FakeDisk disk;
  disk.add_block_device("/dev/a", 4096);
  Slots slots(disk, places, "a");

  Result<void> checked = slots.check();

  ASSERT_FALSE(checked);
  EXPECT_NE(checked.error().message.find("slot b"), std::string::npos);
  EXPECT_NE(checked.error().message.find("/dev/b"), std::string::npos);
}

TEST(Slots, KnowsCapacityBeyondFourGigabytes) {
  FakeDisk disk;
  disk.add_block_device("/dev/a", std::uint64_t{9} << 30);

  EXPECT_EQ(Slots(disk, places, "b").capacity("a"), std::uint64_t{9} << 30);
}

TEST(Slots, OpensTheBootedSlotForReadingOnlyAndTheOtherForWriting) {
  FakeDisk disk;
  disk.add_block_device("/dev/a", 4096);
  disk.add_block_device("/dev/b", 4096);
  Slots slots(disk, places, "b");

  EXPECT_EQ(slots.spare(), "a");
  EXPECT_FALSE((*slots.open_booted())->write_at(0, as_bytes("x")));
  EXPECT_TRUE((*slots.open_spare_for_writing())->write_at(0, as_bytes("x")));
}

}  // namespace dunlin
