// What the fake does beyond the contract: it loses what was not synced, and breaks when told.
#include "tests/fakes/fake_disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dunlin {

namespace {

std::unique_ptr<File> opened(FakeDisk& disk, const std::string& path, OpenMode mode = OpenMode::create) {
  auto file = disk.open(path, mode);
  EXPECT_TRUE(file);
  return std::move(*file);
}

}  // namespace

TEST(FakeDisk, LosesBytesThatWereNotSynced) {
  FakeDisk disk;
  disk.put("/file", "old");
  auto file = opened(disk, "/file");
  ASSERT_TRUE(file->write_at(0, as_bytes("new")));
  EXPECT_EQ(disk.get_text("/file"), "new");

  disk.cut_power();
  disk.restart();

  EXPECT_EQ(disk.get_text("/file"), "old");
}

TEST(FakeDisk, KeepsBytesThatWereSynced) {
  FakeDisk disk;
  disk.put("/file", "old");
  auto file = opened(disk, "/file");
  ASSERT_TRUE(file->write_at(0, as_bytes("new")));
  ASSERT_TRUE(file->sync());

  disk.restart();

  EXPECT_EQ(disk.get_text("/file"), "new");
}

TEST(FakeDisk, LosesANewFileWhoseDirectoryWasNotSynced) {
  FakeDisk disk;
  auto file = opened(disk, "/file");
  ASSERT_TRUE(file->write_at(0, as_bytes("new")));
  ASSERT_TRUE(file->sync());

  disk.restart();

  EXPECT_FALSE(disk.get("/file").has_value());
}

TEST(FakeDisk, UndoesARenameThatWasNotSynced) {
  FakeDisk disk;
  disk.put("/a", "new");
  disk.put("/b", "old");
  ASSERT_TRUE(disk.rename("/a", "/b"));

  disk.restart();

  EXPECT_EQ(disk.get_text("/b"), "old");
  EXPECT_EQ(disk.get_text("/a"), "new");
}

TEST(FakeDisk, LosesADirectoryThatItsParentDidNotSync) {
  FakeDisk disk;
  ASSERT_TRUE(disk.create_directories("/a/b"));
  ASSERT_TRUE(write_file_atomically(disk, "/a/b/file", as_bytes("x")));

  disk.restart();

  EXPECT_EQ(disk.status("/a")->kind, FileKind::none);
  EXPECT_FALSE(disk.get("/a/b/file").has_value());
}

TEST(FakeDisk, TearsUnsyncedWritesAtSectors) {
  bool saw_mixture = false;
  for (std::uint64_t seed = 0; seed < 32; ++seed) {
    FakeDisk disk;
    disk.put("/file", Bytes(4096, 'o'));
    auto file = opened(disk, "/file");
    ASSERT_TRUE(file->write_at(0, Bytes(4096, 'n')));
    disk.cut_power();

    disk.restart(Unsynced::torn, seed);

    const Bytes bytes = *disk.get("/file");
    ASSERT_EQ(bytes.size(), 4096u);
    for (std::size_t sector = 0; sector < 8; ++sector)
      for (std::size_t i = 1; i < 512; ++i) ASSERT_EQ(bytes[sector * 512], bytes[sector * 512 + i]);
    saw_mixture |= std::count(bytes.begin(), bytes.end(), 'o') % 4096 != 0;
  }
  EXPECT_TRUE(saw_mixture);
}

TEST(FakeDisk, CutsThePowerAtTheChosenChange) {
  FakeDisk disk;
  disk.put("/file", "");
  auto file = opened(disk, "/file");
  disk.cut_power_at(2);

  EXPECT_TRUE(file->write_at(0, as_bytes("a")));
  EXPECT_FALSE(file->sync());

  EXPECT_TRUE(disk.is_off());
  EXPECT_FALSE(disk.list("/"));
  EXPECT_FALSE(disk.open("/file", OpenMode::read));
  disk.restart();
  EXPECT_EQ(disk.get_text("/file"), "");
  Bytes byte(1);
  EXPECT_FALSE(file->read_at(0, byte)) << "a file opened before the cut must stay dead";
}

TEST(FakeDisk, FailsTheChosenCallsAndNoOthers) {
  FakeDisk disk;
  disk.put("/file", "abc");
  auto file = opened(disk, "/file");
  disk.fail_write(2, ENOSPC);
  disk.fail_sync(1);
  disk.fail_rename(1);
  disk.fail_read(1);
  disk.fail_open(1, EACCES);
  Bytes bytes(3);

  EXPECT_TRUE(file->write_at(0, as_bytes("x")));
  auto second = file->write_at(0, as_bytes("y"));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().cause.value(), ENOSPC);
  EXPECT_TRUE(file->write_at(1, as_bytes("z")));
  EXPECT_FALSE(file->sync());
  EXPECT_TRUE(file->sync());
  EXPECT_FALSE(file->read_at(0, bytes));
  EXPECT_TRUE(file->read_at(0, bytes));
  EXPECT_FALSE(disk.rename("/file", "/other"));
  EXPECT_TRUE(disk.rename("/file", "/other"));
  auto denied = disk.open("/other", OpenMode::read);
  ASSERT_FALSE(denied);
  EXPECT_EQ(denied.error().cause.value(), EACCES);
  EXPECT_EQ(disk.get_text("/other"), "xzc");
}

TEST(FakeDisk, RunsOutOfSpace) {
  FakeDisk disk;
  disk.put("/file", "");
  disk.set_capacity(8192);
  auto file = opened(disk, "/file");

  EXPECT_TRUE(file->write_at(0, Bytes(8192, 1)));
  auto over = file->write_at(8192, Bytes(1, 1));

  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().cause.value(), ENOSPC);
  EXPECT_EQ(disk.space("/")->free, 0u);
}

TEST(FakeDisk, ABlockDeviceHasItsCapacityAndNoMore) {
  FakeDisk disk;
  disk.add_block_device("/dev/slot", 3ull << 30);
  auto file = opened(disk, "/dev/slot", OpenMode::read_write);

  EXPECT_EQ(*file->size(), 3ull << 30);
  EXPECT_TRUE(file->write_at((3ull << 30) - 3, as_bytes("end")));
  EXPECT_FALSE(file->write_at((3ull << 30) - 3, as_bytes("over")));
  EXPECT_FALSE(file->resize(1));
  EXPECT_EQ(disk.status("/dev/slot")->kind, FileKind::block_device);
}

TEST(FakeDisk, ShowsDamageOnlyPastTheCache) {
  FakeDisk disk;
  disk.put("/file", "abc");
  auto file = opened(disk, "/file", OpenMode::read);
  disk.damage_medium("/file", 1, 0x20);

  EXPECT_EQ(disk.get_text("/file"), "abc");
  ASSERT_TRUE(file->drop_cache());
  EXPECT_EQ(disk.get_text("/file"), "aBc");
}

// The pattern every power-cut test follows: cut at each change, restart, look.
TEST(FakeDisk, AnAtomicWriteLeavesTheOldOrTheNewFileWhole) {
  FakeDisk dry;
  dry.put("/d/file", "old");
  const int before = dry.changes();
  ASSERT_TRUE(write_file_atomically(dry, "/d/file", as_bytes("new")));
  const int changes = dry.changes() - before;
  ASSERT_GE(changes, 4);

  for (int k = 1; k <= changes; ++k) {
    for (Unsynced unsynced : {Unsynced::lost, Unsynced::kept, Unsynced::torn}) {
      FakeDisk disk;
      disk.put("/d/file", "old");
      disk.cut_power_at(k);
      EXPECT_FALSE(write_file_atomically(disk, "/d/file", as_bytes("new")));

      disk.restart(unsynced, static_cast<std::uint64_t>(k));

      EXPECT_THAT(*disk.get_text("/d/file"), testing::AnyOf("old", "new"));
    }
  }
}

TEST(FakeDisk, OnFatARenamedFileIsEmptyUntilItIsSyncedAgain) {
  FakeDisk disk;
  disk.put("/boot/new", "content");
  disk.make_fat("/boot");

  ASSERT_TRUE(disk.rename("/boot/new", "/boot/flags"));
  ASSERT_TRUE(disk.sync_directory("/boot"));
  disk.cut_power();
  disk.restart(Unsynced::lost);

  EXPECT_EQ(disk.get_text("/boot/flags"), "");
}

TEST(WriteFileAtomically, IsDurableOnFatToo) {
  FakeDisk disk;
  disk.put("/boot/flags", "old");
  disk.make_fat("/boot");

  ASSERT_TRUE(write_file_atomically(disk, "/boot/flags", as_bytes("new")));
  disk.cut_power();
  disk.restart(Unsynced::lost);

  EXPECT_EQ(disk.get_text("/boot/flags"), "new");
}

}  // namespace dunlin
