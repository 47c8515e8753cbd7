#include "core/base/byte_source.h"

#include "tests/fakes/fake_disk.h"
#include "tests/fakes/made_bytes.h"

namespace dunlin {
namespace {

TEST(MemorySource, ReadsAnyRangeInside) {
  const MemorySource source(Bytes{1, 2, 3, 4});
  Bytes out(2);
  ASSERT_TRUE(source.read(1, out));
  EXPECT_EQ(out, (Bytes{2, 3}));
  EXPECT_TRUE(source.read(4, {}));
}

TEST(MemorySource, RefusesRangesOutside) {
  const MemorySource source(Bytes(4));
  Bytes out(2);
  for (const std::uint64_t offset : {std::uint64_t{3}, std::uint64_t{5}, ~std::uint64_t{0}}) {
    const Result<void> read = source.read(offset, out);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().kind, ErrorKind::bad_image);
  }
}

TEST(FileSource, EndsWhereTheImageEndsAndNotTheDevice) {
  FakeDisk disk;
  disk.put("/slot", Bytes(10, 7));
  const std::unique_ptr<File> file = std::move(*disk.open("/slot", OpenMode::read));
  const FileSource source(*file, 8);
  Bytes out(2);
  EXPECT_TRUE(source.read(6, out));
  EXPECT_EQ(out, Bytes(2, 7));
  EXPECT_EQ(source.read(7, out).error().kind, ErrorKind::bad_image);
}

TEST(FileSource, ReportsAFailedReadAndAShortFileAsDevice) {
  FakeDisk disk;
  disk.put("/slot", Bytes(10));
  const std::unique_ptr<File> file = std::move(*disk.open("/slot", OpenMode::read));
  const FileSource source(*file, 20);
  Bytes out(4);
  EXPECT_EQ(source.read(8, out).error().kind, ErrorKind::device);
  disk.fail_read(1);
  EXPECT_EQ(source.read(0, out).error().kind, ErrorKind::device);
}

TEST(DigestOf, EqualsTheDigestOfTheBytesAcrossReadSizes) {
  for (const std::size_t size : {0u, 1u, 1u << 20, (1u << 20) + 1, (3u << 20) + 77}) {
    const Bytes bytes = random_bytes(size, size);
    const Result<Digest> digest = digest_of(MemorySource(bytes));
    ASSERT_TRUE(digest);
    EXPECT_EQ(*digest, sha256(bytes));
  }
}

TEST(DigestOf, PassesReadFailuresOn) {
  EXPECT_EQ(digest_of(BrokenSource(Bytes(3u << 20), 2u << 20)).error().kind, ErrorKind::device);
}

}  // namespace
}  // namespace dunlin
