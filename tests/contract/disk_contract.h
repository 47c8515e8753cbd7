#pragma once
// What every Disk keeps, whoever implements it. Instantiate with a function that makes a disk and a directory
// on it that is empty and durable.
#include <functional>
#include <memory>

#include <gtest/gtest.h>

#include "core/base/disk.h"

namespace dunlin {

struct DiskUnderTest {
  std::unique_ptr<Disk> disk;
  std::string directory;
  std::shared_ptr<void> cleaner;  // removes the directory in the end
};

class DiskContract : public testing::TestWithParam<std::function<DiskUnderTest()>> {
 protected:
  DiskUnderTest under_test_ = GetParam()();
  Disk& disk_ = *under_test_.disk;
  std::string path(const std::string& name) const { return under_test_.directory + "/" + name; }

  void write(const std::string& name, std::string_view text) {
    ASSERT_TRUE(write_file_atomically(disk_, path(name), as_bytes(text)));
  }
  std::string text(const std::string& name) {
    Result<std::string> text = read_text(disk_, path(name), 1 << 20);
    return text ? *text : "failed: " + text.error().message;
  }
};

TEST_P(DiskContract, RefusesToOpenAMissingFileWithEnoent) {
  for (OpenMode mode : {OpenMode::read, OpenMode::read_write}) {
    auto file = disk_.open(path("none"), mode);

    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().kind, ErrorKind::device);
    EXPECT_EQ(file.error().cause.value(), ENOENT);
    EXPECT_NE(file.error().message.find("none"), std::string::npos);
  }
}

TEST_P(DiskContract, RefusesToMakeAFileInAMissingDirectory) {
  auto file = disk_.open(path("none/file"), OpenMode::create);

  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().cause.value(), ENOENT);
}

TEST_P(DiskContract, ReadsWhatWasWrittenAtItsOffset) {
  auto file = disk_.open(path("file"), OpenMode::create);
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->write_at(5'000, as_bytes("there")));
  ASSERT_TRUE((*file)->write_at(0, as_bytes("here")));
  ASSERT_TRUE((*file)->sync());

  Bytes bytes(5'010, 0xFF);
  auto count = (*file)->read_at(0, bytes);

  ASSERT_TRUE(count);
  EXPECT_EQ(*count, 5'005u);
  EXPECT_EQ(as_text(ByteView(bytes).first(4)), "here");
  EXPECT_TRUE(all_zero(ByteView(bytes).subspan(4, 4'996)));
  EXPECT_EQ(as_text(ByteView(bytes).subspan(5'000, 5)), "there");
}

TEST_P(DiskContract, ReadsNothingPastTheEnd) {
  write("file", "abc");
  auto file = disk_.open(path("file"), OpenMode::read);
  ASSERT_TRUE(file);
  Bytes bytes(4);

  auto count = (*file)->read_at(100, bytes);

  ASSERT_TRUE(count);
  EXPECT_EQ(*count, 0u);
}

TEST_P(DiskContract, HandlesOffsetsBeyondFourGigabytes) {
  const std::uint64_t far = (std::uint64_t{1} << 32) + 12'345;
  auto file = disk_.open(path("large"), OpenMode::create);
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->write_at(far, as_bytes("far")));

  Bytes bytes(3);
  auto done = read_exactly(**file, far, bytes);
  auto size = (*file)->size();

  ASSERT_TRUE(done);
  ASSERT_TRUE(size);
  EXPECT_EQ(as_text(bytes), "far");
  EXPECT_EQ(*size, far + 3);
}

TEST_P(DiskContract, ResizeCutsAndGrowsWithZeros) {
  auto file = disk_.open(path("file"), OpenMode::create);
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->write_at(0, as_bytes("abcdef")));
  ASSERT_TRUE((*file)->resize(2));
  ASSERT_TRUE((*file)->resize(4));

  EXPECT_EQ(text("file"), std::string("ab\0\0", 4));
}

TEST_P(DiskContract, CreateKeepsContentAndReplaceCutsIt) {
  write("file", "abc");

  { ASSERT_TRUE(disk_.open(path("file"), OpenMode::create)); }
  EXPECT_EQ(text("file"), "abc");
  { ASSERT_TRUE(disk_.open(path("file"), OpenMode::replace)); }
  EXPECT_EQ(text("file"), "");
}

TEST_P(DiskContract, RefusesToWriteThroughAReadOnlyFile) {
  write("file", "abc");
  auto file = disk_.open(path("file"), OpenMode::read);
  ASSERT_TRUE(file);

  EXPECT_FALSE((*file)->write_at(0, as_bytes("x")));
  EXPECT_EQ(text("file"), "abc");
}

TEST_P(DiskContract, RenameReplacesTheTarget) {
  write("a", "new");
  write("b", "old");

  ASSERT_TRUE(disk_.rename(path("a"), path("b")));

  EXPECT_EQ(text("b"), "new");
  auto status = disk_.status(path("a"));
  ASSERT_TRUE(status);
  EXPECT_EQ(status->kind, FileKind::none);
}

TEST_P(DiskContract, RenamesOfMissingFilesFail) {
  auto renamed = disk_.rename(path("a"), path("b"));

  ASSERT_FALSE(renamed);
  EXPECT_EQ(renamed.error().cause.value(), ENOENT);
}

TEST_P(DiskContract, AnOpenFileSurvivesItsReplacement) {
  write("a", "old");
  auto file = disk_.open(path("a"), OpenMode::read);
  ASSERT_TRUE(file);
  write("a", "new");

  Bytes bytes(3);
  ASSERT_TRUE(read_exactly(**file, 0, bytes));

  EXPECT_EQ(as_text(bytes), "old");
  EXPECT_EQ(text("a"), "new");
}

TEST_P(DiskContract, RemovingWhatIsNotThereIsSuccess) {
  write("a", "x");

  EXPECT_TRUE(disk_.remove(path("a")));
  EXPECT_TRUE(disk_.remove(path("a")));
  EXPECT_FALSE(disk_.open(path("a"), OpenMode::read));
}

TEST_P(DiskContract, RemoveLeavesDirectoriesAlone) {
  ASSERT_TRUE(disk_.create_directories(path("d")));

  EXPECT_FALSE(disk_.remove(path("d")));
}

TEST_P(DiskContract, MakesDirectoriesWithTheirParentsAndAgain) {
  ASSERT_TRUE(disk_.create_directories(path("d/e/f")));
  ASSERT_TRUE(disk_.create_directories(path("d/e/f")));
  write("d/e/f/file", "x");

  EXPECT_EQ(text("d/e/f/file"), "x");
  EXPECT_EQ(disk_.status(path("d/e"))->kind, FileKind::directory);
}

TEST_P(DiskContract, RefusesADirectoryBelowAFile) {
  write("file", "x");

  EXPECT_FALSE(disk_.create_directories(path("file/d")));
}

TEST_P(DiskContract, ListsNamesSorted) {
  write("b", "");
  write("a", "");
  ASSERT_TRUE(disk_.create_directories(path("c/inner")));

  auto names = disk_.list(path(""));

  ASSERT_TRUE(names);
  EXPECT_EQ(*names, (std::vector<std::string>{"a", "b", "c"}));
}

TEST_P(DiskContract, ListingAMissingDirectoryFails) {
  EXPECT_FALSE(disk_.list(path("none")));
}

TEST_P(DiskContract, TellsKindAndSize) {
  write("file", "abc");

  auto file = disk_.status(path("file"));
  auto directory = disk_.status(under_test_.directory);
  auto none = disk_.status(path("file/below"));

  ASSERT_TRUE(file && directory && none);
  EXPECT_EQ(file->kind, FileKind::regular);
  EXPECT_EQ(file->size, 3u);
  EXPECT_EQ(directory->kind, FileKind::directory);
  EXPECT_EQ(none->kind, FileKind::none);
}

TEST_P(DiskContract, SyncsDirectoriesButNotMissingOnes) {
  EXPECT_TRUE(disk_.sync_directory(under_test_.directory));
  EXPECT_FALSE(disk_.sync_directory(path("none")));
}

TEST_P(DiskContract, TellsFreeSpace) {
  auto space = disk_.space(under_test_.directory);

  ASSERT_TRUE(space);
  EXPECT_GT(space->free, 0u);
  EXPECT_GE(space->total, space->free);
}

TEST_P(DiskContract, ReadFileRefusesLongerFiles) {
  write("file", "abcd");

  auto bytes = read_file(disk_, path("file"), 3);

  ASSERT_FALSE(bytes);
  EXPECT_NE(bytes.error().message.find("at most 3"), std::string::npos);
}

TEST_P(DiskContract, ReadExactlyRefusesShortFiles) {
  write("file", "abcd");
  auto file = disk_.open(path("file"), OpenMode::read);
  ASSERT_TRUE(file);
  Bytes bytes(5);

  EXPECT_FALSE(read_exactly(**file, 0, bytes));
}

TEST_P(DiskContract, ReadsTheSameAfterDroppingTheCache) {
  auto file = disk_.open(path("file"), OpenMode::create);
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->write_at(0, as_bytes("abc")));
  ASSERT_TRUE((*file)->sync());
  ASSERT_TRUE((*file)->drop_cache());

  EXPECT_EQ(text("file"), "abc");
}

}  // namespace dunlin
