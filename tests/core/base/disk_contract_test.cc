#include "tests/contract/disk_contract.h"

#include "tests/fakes/fake_disk.h"
#include "tests/fakes/temporary_folder.h"

namespace dunlin {

namespace {

DiskUnderTest posix() {
  const auto folder = std::make_shared<TemporaryFolder>();
  return {std::make_unique<PosixDisk>(), folder->path(), folder};
}

DiskUnderTest fake() {
  auto disk = std::make_unique<FakeDisk>();
  EXPECT_TRUE(disk->create_directories("/work"));
  disk->sync_all();
  return {std::move(disk), "/work", nullptr};
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Posix, DiskContract, testing::Values(posix));
INSTANTIATE_TEST_SUITE_P(Fake, DiskContract, testing::Values(fake));

}  // namespace dunlin
