#include "applier/partition_name.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_disk.h"

namespace dunlin {
namespace {

class PartitionNameTest : public testing::Test {
 protected:
  PartitionNameTest() {
    add("mmcblk0", "");
    add("mmcblk0p2", "PARTNAME=root-a\nPARTUUID=0F1E2D3C-0000-0000-0000-0000000000AA\n");
    add("mmcblk0p3", "PARTNAME=root-b\n");
  }
  void add(const std::string& name, const std::string& more) {
    disk_.put("/sys/class/block/" + name + "/uevent", "MAJOR=179\nDEVNAME=" + name + "\n" + more);
  }
  FakeDisk disk_;
};

TEST_F(PartitionNameTest, LeavesPathsAsTheyAre) {
  EXPECT_EQ(*find_partition(disk_, "/dev/mmcblk0p2"), "/dev/mmcblk0p2");
}

TEST_F(PartitionNameTest, FindsALabelAsTheKernelHasIt) {
  EXPECT_EQ(*find_partition(disk_, "PARTLABEL=root-a"), "/dev/mmcblk0p2");
  EXPECT_FALSE(find_partition(disk_, "PARTLABEL=ROOT-A"));
}

TEST_F(PartitionNameTest, FindsAnIdInAnyCase) {
  EXPECT_EQ(*find_partition(disk_, "PARTUUID=0f1e2d3c-0000-0000-0000-0000000000aa"), "/dev/mmcblk0p2");
}

TEST_F(PartitionNameTest, TakesUdevsLinkWhereTheKernelDoesNotSay) {
  disk_.add_block_device("/dev/disk/by-partuuid/1234-03", 4096);

  EXPECT_EQ(*find_partition(disk_, "PARTUUID=1234-03"), "/dev/disk/by-partuuid/1234-03");
}

TEST_F(PartitionNameTest, RefusesALabelThatTwoPartitionsHave) {
  add("sda1", "PARTNAME=root-b\n");

  const Result<std::string> found = find_partition(disk_, "PARTLABEL=root-b");

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::usage);
  EXPECT_NE(found.error().message.find("/dev/mmcblk0p3 and /dev/sda1"), std::string::npos);
}

TEST_F(PartitionNameTest, NamesThePartitionThatIsMissing) {
  const Result<std::string> found = find_partition(disk_, "PARTLABEL=root-c");

  ASSERT_FALSE(found);
  EXPECT_NE(found.error().message.find("root-c"), std::string::npos);
}

TEST_F(PartitionNameTest, AnEmptyLabelIsNobodys) {
  EXPECT_FALSE(find_partition(disk_, "PARTLABEL="));
}

}  // namespace
}  // namespace dunlin
