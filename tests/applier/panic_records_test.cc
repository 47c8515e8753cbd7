#include "applier/panic_records.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_disk.h"

namespace dunlin {

TEST(PanicRecords, AreWhatPstoreAndItsArchiveHold) {
  FakeDisk disk;
  disk.put("/pstore/dmesg-erst-7100000001", "Panic#1");
  disk.put("/archive/1763870000/dmesg.txt", "Oops#1");

  EXPECT_EQ(panic_records(disk, {"/pstore", "/archive"}),
            (std::set<std::string>{"/archive/1763870000", "/pstore/dmesg-erst-7100000001"}));
}

TEST(PanicRecords, LeaveOutWhatPstoreKeepsOfEveryBoot) {
  FakeDisk disk;
  disk.put("/pstore/console-ramoops-0", "");
  disk.put("/pstore/pmsg-ramoops-0", "");
  disk.put("/pstore/ftrace-ramoops", "");

  EXPECT_TRUE(panic_records(disk, {"/pstore"}).empty());
}

TEST(PanicRecords, OfAFullArchiveTheNewestCount) {
  FakeDisk disk;
  for (int i = 1000; i < 1300; ++i) disk.put("/archive/" + std::to_string(i), "");

  const std::set<std::string> records = panic_records(disk, {"/archive"});

  EXPECT_EQ(records.size(), 256u);
  EXPECT_TRUE(records.contains("/archive/1299"));
}

TEST(PanicRecords, AreNoneWhereThereIsNoPstore) {
  FakeDisk disk;

  EXPECT_TRUE(panic_records(disk, {"/pstore"}).empty());
}

}  // namespace dunlin
