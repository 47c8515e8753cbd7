// What only a real disk can show; the rest is in the contract.
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/mount.h>
#include <sys/stat.h>

#include <gtest/gtest.h>

#include "core/base/disk.h"
#include "tests/fakes/temporary_folder.h"

namespace dunlin {

namespace {

class TemporaryDirectory {
 public:
  ~TemporaryDirectory() { ::umount2(folder_.path().c_str(), MNT_DETACH); }
  std::string file(const std::string& name) const { return folder_ / name; }
  // A file system of its own with this much room; false without the right to mount.
  bool mount_tmpfs(const char* options) const {
    return ::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, options) == 0;
  }

 private:
  TemporaryFolder folder_;
};

mode_t mode_of(const std::string& path) {
  struct stat info {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0);
  return info.st_mode & 07777;
}

}  // namespace

TEST(PosixDisk, PrivateFilesAreReadableByTheirOwnerOnly) {
  TemporaryDirectory directory;
  PosixDisk disk;
  ASSERT_TRUE(write_file_atomically(disk, directory.file("key"), as_bytes("public")));
  EXPECT_EQ(mode_of(directory.file("key")), 0644u);

  ASSERT_TRUE(write_private_file_atomically(disk, directory.file("key"), as_bytes("secret")));

  EXPECT_EQ(mode_of(directory.file("key")), 0600u);
  EXPECT_EQ(*read_text(disk, directory.file("key"), 100), "secret");
}

TEST(PosixDisk, PrivateFilesLoseAnOlderWiderMode) {
  TemporaryDirectory directory;
  PosixDisk disk;
  { ASSERT_TRUE(disk.open(directory.file("key.new"), OpenMode::replace)); }

  ASSERT_TRUE(write_private_file_atomically(disk, directory.file("key"), as_bytes("secret")));

  EXPECT_EQ(mode_of(directory.file("key")), 0600u);
}

TEST(PosixDisk, AFullDiskKeepsTheOldFile) {
  TemporaryDirectory directory;
  PosixDisk disk;
  // Without the right to mount, /dev/full says the same for plain writes.
  const bool has_small_disk = directory.mount_tmpfs("size=64k");
  if (has_small_disk) {
    ASSERT_TRUE(write_file_atomically(disk, directory.file("state"), as_bytes("old")));
    auto written = write_file_atomically(disk, directory.file("state"), Bytes(128 * 1024, 'x'));
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().kind, ErrorKind::device);
    EXPECT_EQ(written.error().cause, std::errc::no_space_on_device);
    EXPECT_EQ(*read_text(disk, directory.file("state"), 100), "old");
    EXPECT_LE(disk.space(directory.file("state"))->total, 64u * 1024);
  }
  auto full = disk.open("/dev/full", OpenMode::read_write);
  ASSERT_TRUE(full);
  auto written = (*full)->write_at(0, as_bytes("x"));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().cause, std::errc::no_space_on_device);
}

TEST(PosixDisk, AdoptsADescriptor) {
  TemporaryDirectory directory;
  PosixDisk disk;
  ASSERT_TRUE(write_file_atomically(disk, directory.file("slot"), as_bytes("abc")));
  const int descriptor = ::open(directory.file("slot").c_str(), O_RDWR | O_CLOEXEC);
  {
    std::unique_ptr<File> file = adopt_descriptor(descriptor, "slot");
    EXPECT_EQ(file->descriptor(), descriptor);
    ASSERT_TRUE(file->write_at(1, as_bytes("X")));
    EXPECT_EQ(*file->size(), 3u);
  }
  EXPECT_EQ(*read_text(disk, directory.file("slot"), 100), "aXc");
  EXPECT_EQ(::fcntl(descriptor, F_GETFD), -1) << "closed with its File";
}

TEST(PosixDisk, MakesDurableDirectoriesAgainAndAgain) {
  TemporaryDirectory directory;
  PosixDisk disk;

  EXPECT_TRUE(create_durable_directories(disk, directory.file("a/b/c")));
  EXPECT_TRUE(create_durable_directories(disk, directory.file("a/b/c")));

  EXPECT_EQ(disk.status(directory.file("a/b/c"))->kind, FileKind::directory);
}

}  // namespace dunlin
