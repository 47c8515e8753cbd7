#include "node/open_bundle.h"

#include <sys/stat.h>

#include "tests/fakes/fake_disk.h"
#include "tests/fakes/made_bundle.h"
#include "tests/fakes/temporary_folder.h"
#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

std::string complaint(Disk& disk, const std::string& path) {
  const Result<OpenedBundle> opened = open_bundle(disk, path);
  return opened ? "opened" : opened.error().message;
}

TEST(OpenBundle, SaysWhatAServiceCannotSee) {
  PosixDisk disk;

  EXPECT_THAT(complaint(disk, "/nowhere/x.bundle"), testing::HasSubstr("put the file below /mnt"));
}

TEST(OpenBundle, SaysHowAnUnprivilegedUserMayRead) {
  FakeDisk disk;
  disk.put("/media/x.bundle", made_bundle({{"bundle.json", {}}}));

  disk.fail_open(1, EACCES);
  EXPECT_THAT(complaint(disk, "/media/x.bundle"), testing::HasSubstr("mount the medium so that everybody"));
  disk.fail_open(1, EACCES);
  EXPECT_EQ(open_bundle(disk, "/media/x.bundle").error().kind, ErrorKind::usage);
}

TEST(OpenBundle, OpensNoFoldersAndNoPipes) {
  PosixDisk disk;
  const TemporaryFolder folder;
  const std::string pipe = folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);

  EXPECT_THAT(complaint(disk, folder.path()), testing::HasSubstr("is not a file"));
  EXPECT_THAT(complaint(disk, pipe), testing::HasSubstr("is not a file"));
}

TEST(OpenBundle, NamesTheFileThatIsNone) {
  FakeDisk disk;
  disk.put("/media/x", Bytes(5'000, 'x'));

  EXPECT_THAT(complaint(disk, "/media/x"), testing::StartsWith("/media/x: this file is no dunlin bundle"));
}

}  // namespace
}  // namespace dunlin
