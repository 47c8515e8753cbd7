#include "applier/read_back.h"

#include <gtest/gtest.h>

#include "core/base/random.h"
#include "tests/fakes/fake_disk.h"

namespace dunlin {

namespace {

Bytes random_bytes(std::size_t size) {
  Bytes bytes(size);
  SeededRandom(size + 1).fill(bytes);
  return bytes;
}

}  // namespace

TEST(ReadBack, HashesOddSizesOfARealFileInALargerOne) {
  char name[] = "/tmp/dunlin-read-back-XXXXXX";
  auto file = adopt_descriptor(::mkstemp(name), name);
  const Bytes content = random_bytes((2 << 20) + 5'000);
  ASSERT_TRUE(file->write_at(0, content));
  for (std::size_t size :
       {0, 1, 4095, 4096, 4097, 1 << 20, (1 << 20) + 1, (2 << 20) + 4'999, (2 << 20) + 5'000}) {
    Result<Digest> digest = read_back(*file, size, {});
    ASSERT_TRUE(digest) << size;
    EXPECT_EQ(*digest, sha256(ByteView(content).first(size))) << size;
  }
  std::remove(name);
}

TEST(ReadBack, FailsWhenTheFileIsShorter) {
  FakeDisk disk;
  disk.put("/f", random_bytes(100));
  auto file = disk.open("/f", OpenMode::read);

  EXPECT_FALSE(read_back(**file, 101, {}));
}

TEST(ReadBack, SeesTheMediumAndNotTheCache) {
  FakeDisk disk;
  const Bytes content = random_bytes(10'000);
  disk.put("/f", content);
  disk.damage_medium("/f", 9'999);
  auto file = disk.open("/f", OpenMode::read);

  EXPECT_NE(*read_back(**file, 10'000, {}), sha256(content));
}

TEST(ReadBack, ReportsProgressUpToTheEnd) {
  FakeDisk disk;
  disk.put("/f", random_bytes((1 << 20) + 10));
  auto file = disk.open("/f", OpenMode::read);
  std::vector<std::uint64_t> seen;

  ASSERT_TRUE(
      read_back(**file, (1 << 20) + 10, [&](std::uint64_t done, std::uint64_t) { seen.push_back(done); }));

  EXPECT_EQ(seen, (std::vector<std::uint64_t>{1 << 20, (1 << 20) + 10}));
}

}  // namespace dunlin
