#include "core/content/chunk_scan.h"
#include "tests/fakes/encoded_images.h"

namespace dunlin {
namespace {

constexpr ChunkerOptions small{256, 1024, 4096};

ImageIndex index_of(const Bytes& bytes) {
  return std::move(*ImageIndex::build(MemorySource(bytes), small));
}

void scan_all(LocalImage image, const Bytes& bytes, ChunkInventory& inventory) {
  const MemorySource source(bytes);
  ChunkScan scan(image, source, inventory);
  while (!scan.is_done()) ASSERT_TRUE(scan.advance(5'000));
  EXPECT_EQ(scan.position(), bytes.size());
}

TEST(ChunkInventory, KnowsWhereTheBootedSlotHasAChunkFirst) {
  const Bytes part = random_bytes(30'000, 1);
  const ImageIndex wanted = index_of(part);
  ChunkInventory inventory(wanted);

  scan_all(LocalImage::booted, joined({part, part}), inventory);

  const Chunk& chunk = wanted.chunks()[3];
  EXPECT_EQ(inventory.find(LocalImage::booted, chunk.digest), chunk.offset);
  EXPECT_FALSE(inventory.find(LocalImage::spare, chunk.digest));
}

TEST(ChunkInventory, KnowsWhereTheSpareSlotHasAChunkLast) {
  const Bytes part = random_bytes(30'000, 2);
  const ImageIndex wanted = index_of(part);
  ChunkInventory inventory(wanted);
  const Bytes slot = joined({part, random_bytes(10'000, 3), part});

  scan_all(LocalImage::spare, slot, inventory);

  const Chunk& chunk = wanted.chunks()[wanted.chunks().size() / 2];
  EXPECT_EQ(inventory.find(LocalImage::spare, chunk.digest), chunk.offset + 40'000);
}

TEST(ChunkInventory, ForgetsChunksThatNobodyWants) {
  const ImageIndex wanted = index_of(random_bytes(9'000, 4));
  const Bytes other = random_bytes(50'000, 5);
  const ImageIndex unwanted = index_of(other);
  ChunkInventory inventory(wanted);

  scan_all(LocalImage::booted, other, inventory);

  for (const Chunk& chunk : unwanted.chunks()) EXPECT_FALSE(inventory.find(LocalImage::booted, chunk.digest));
}

TEST(ChunkScan, StopsAtAReadFailureAndKeepsWhatItFound) {
  const Bytes bytes = random_bytes(4u << 20, 6);
  const ImageIndex wanted = index_of(bytes);
  ChunkInventory inventory(wanted);
  const BrokenSource broken(bytes, 3u << 20);
  ChunkScan scan(LocalImage::booted, broken, inventory);

  Result<void> scanned = scan.advance(~std::uint64_t{0} >> 1);

  ASSERT_FALSE(scanned);
  EXPECT_EQ(scanned.error().kind, ErrorKind::device);
  EXPECT_TRUE(scan.is_done());
  EXPECT_GT(scan.position(), 0u);
  EXPECT_EQ(inventory.find(LocalImage::booted, wanted.chunks()[0].digest), 0u);
}

TEST(ChunkScan, GoesOnInParts) {
  const Bytes bytes = random_bytes(100'000, 7);
  const ImageIndex wanted = index_of(bytes);
  ChunkInventory inventory(wanted);
  const MemorySource source(bytes);
  ChunkScan scan(LocalImage::booted, source, inventory);

  ASSERT_TRUE(scan.advance(20'000));

  EXPECT_GE(scan.position(), 20'000u);
  EXPECT_LT(scan.position(), 25'000u);
  EXPECT_FALSE(scan.is_done());
}

}  // namespace
}  // namespace dunlin
