#include "tests/contract/disk_contract.h"

#include <cstdlib>
#include <filesystem>

#include "tests/fakes/fake_disk.h"

namespace dunlin {

namespace {

DiskUnderTest posix() {
  std::string name = testing::TempDir() + "dunlin-disk-XXXXXX";
  EXPECT_NE(::mkdtemp(name.data()), nullptr);
  std::shared_ptr<void> cleaner(nullptr, [name](void*) { std::filesystem::remove_all(name); });
  return {std::make_unique<PosixDisk>(), name, cleaner};
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
