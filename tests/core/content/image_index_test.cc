#include "core/content/image_index.h"

#include "tests/fakes/encoded_images.h"

namespace dunlin {
namespace {

constexpr ChunkerOptions small{256, 1024, 4096};

ImageIndex index_of(const Bytes& bytes) {
  Result<ImageIndex> index = ImageIndex::build(MemorySource(bytes), small);
  EXPECT_TRUE(index.has_value());
  return std::move(*index);
}

TEST(ImageIndex, FindsEveryChunkOfItsImageAndNoOther) {
  const Bytes bytes = random_bytes(50'000, 1);
  const ImageIndex index = index_of(bytes);
  EXPECT_EQ(index.image_size(), bytes.size());
  for (const Chunk& chunk : index.chunks()) {
    const Chunk* found = index.find(sha256(ByteView(bytes).subspan(chunk.offset, chunk.length)));
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(*found, chunk);
  }
  EXPECT_EQ(index.find(sha256(bytes)), nullptr);
}

TEST(ImageIndex, ReturnsTheFirstOfEqualChunks) {
  const ImageIndex index = index_of(Bytes(20'000));
  const Chunk* found = index.find(index.chunks()[2].digest);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->offset, 0u);
}

TEST(ImageIndex, SurvivesSerialisation) {
  for (const std::size_t size : {0u, 1u, 30'000u}) {
    const ImageIndex index = index_of(random_bytes(size, 2));
    const Result<ImageIndex> read = ImageIndex::parse(index.serialise());
    ASSERT_TRUE(read) << size;
    EXPECT_EQ(read->chunks(), index.chunks());
    EXPECT_EQ(read->options(), index.options());
  }
}

TEST(ImageIndex, RefusesEveryTruncationAndTrailingBytes) {
  const Bytes bytes = index_of(random_bytes(5'000, 3)).serialise();
  for (std::size_t size = 0; size < bytes.size(); ++size)
    ASSERT_EQ(ImageIndex::parse(slice(bytes, 0, size)).error().kind, ErrorKind::bad_image) << size;
  EXPECT_FALSE(ImageIndex::parse(joined({bytes, Bytes(1)})));
}

TEST(ImageIndex, ParsesAnyFlippedByteWithoutHarm) {
  const Bytes bytes = index_of(random_bytes(5'000, 4)).serialise();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    Bytes damaged = bytes;
    damaged[i] ^= 0xFF;
    const Result<ImageIndex> read = ImageIndex::parse(damaged);
    if (!read) {
      EXPECT_EQ(read.error().kind, ErrorKind::bad_image);
    }
  }
}

TEST(ImageIndex, RefusesCountsItHasNoRoomForBeforeAllocating) {
  Bytes bytes = index_of(Bytes()).serialise();
  for (std::size_t i = 12; i < 16; ++i) bytes[i] = 0xFF;
  EXPECT_EQ(ImageIndex::parse(bytes).error().kind, ErrorKind::bad_image);
}

TEST(ImageIndex, RefusesBadOptionsAndPassesReadFailuresOn) {
  EXPECT_EQ(ImageIndex::build(MemorySource({}), ChunkerOptions{1, 2, 3}).error().kind, ErrorKind::usage);
  EXPECT_EQ(ImageIndex::build(BrokenSource(Bytes(9), 3), small).error().kind, ErrorKind::device);
}

}  // namespace
}  // namespace dunlin
