#include "core/content/chunker.h"

#include "core/content/gear.h"
#include "tests/fakes/encoded_images.h"

namespace dunlin {
namespace {

constexpr ChunkerOptions small{256, 1024, 4096};

std::vector<Chunk> chunks_of(const ByteSource& source, const ChunkerOptions& options) {
  Chunker chunker(source, options);
  std::vector<Chunk> chunks;
  while (true) {
    Result<std::optional<Chunk>> chunk = chunker.next();
    EXPECT_TRUE(chunk.has_value());
    if (!chunk || !*chunk) return chunks;
    chunks.push_back(**chunk);
  }
}

std::vector<Chunk> chunks_of(const Bytes& bytes, const ChunkerOptions& options = small) {
  return chunks_of(MemorySource(bytes), options);
}

std::set<Digest> digests_of(const std::vector<Chunk>& chunks) {
  std::set<Digest> digests;
  for (const Chunk& chunk : chunks) digests.insert(chunk.digest);
  return digests;
}

TEST(Chunker, CoversTheSourceWithoutGapsWithinTheSizeLimits) {
  for (const std::size_t size : {0u, 1u, 255u, 256u, 257u, 4095u, 4096u, 4097u, 3'000'000u}) {
    const Bytes bytes = random_bytes(size, size);
    std::uint64_t offset = 0;
    for (const Chunk& chunk : chunks_of(bytes)) {
      ASSERT_EQ(chunk.offset, offset);
      ASSERT_LE(chunk.length, small.size_max);
      if (offset + chunk.length < size) {
        ASSERT_GE(chunk.length, small.size_min);
      }
      ASSERT_EQ(chunk.digest, sha256(ByteView(bytes).subspan(offset, chunk.length)));
      offset += chunk.length;
    }
    EXPECT_EQ(offset, size);
  }
}

TEST(Chunker, MeetsTheMeanSizeOnRandomBytes) {
  const std::size_t size = 4u << 20;
  const std::size_t count = chunks_of(random_bytes(size, 1)).size();
  EXPECT_GT(count, size / 1024 * 2 / 3);
  EXPECT_LT(count, size / 1024 * 3 / 2);
}

TEST(Chunker, FindsTheSameChunksAgainBehindAnInsertion) {
  const Bytes before = random_bytes(200'000, 2);
  const Bytes after =
      joined({slice(before, 0, 50'000), Bytes{1, 2, 3}, slice(before, 50'000, before.size())});
  const std::set<Digest> known = digests_of(chunks_of(before));
  std::size_t fresh = 0;
  for (const Chunk& chunk : chunks_of(after)) fresh += known.contains(chunk.digest) ? 0 : 1;
  EXPECT_LE(fresh, 5u);
}

TEST(Chunker, CutsAsAlwaysSoThatChunksOfOldReleasesKeepTheirNames) {
  // Boundaries are part of the format: devices compare chunks with indexes made years before.
  EXPECT_EQ(gear_table[0], 541735314211922870u);
  Sha256 all;
  for (const Chunk& chunk : chunks_of(random_bytes(200'000, 3))) all.add(chunk.digest.bytes);
  EXPECT_EQ(all.finish().hex(), "92d8a4ed3df6c26144e996b6d10df33fd3ddd967d9c6181b41728e7bf323e997");
}

TEST(Chunker, MakesZeroRunsChunksOfTheLargestSize) {
  const std::vector<Chunk> chunks = chunks_of(Bytes(10'000));
  ASSERT_EQ(chunks.size(), 3u);
  EXPECT_EQ(chunks[0].length, 4096u);
  EXPECT_EQ(chunks[0].digest, chunks[1].digest);
  EXPECT_EQ(chunks[2].length, 10'000u - 8192u);
}

TEST(Chunker, HasOneResultForAnyPlaceOfTheReadBuffersEdges) {
  const Bytes bytes = random_bytes((2u << 20) + 12'345, 4);
  const std::vector<Chunk> whole = chunks_of(bytes);
  const std::size_t skipped = 7;
  const std::uint64_t begin = whole[skipped].offset;
  const std::vector<Chunk> rest = chunks_of(slice(bytes, begin, bytes.size()));
  ASSERT_EQ(rest.size(), whole.size() - skipped);
  for (std::size_t i = 0; i < rest.size(); ++i) ASSERT_EQ(rest[i].digest, whole[i + skipped].digest);
}

TEST(Chunker, ReportsAFailedReadAndNoChunkOfUnreadBytes) {
  const BrokenSource source(random_bytes(3u << 20, 5), 2u << 20);
  Chunker chunker(source, small);
  Result<std::optional<Chunk>> chunk = chunker.next();
  while (chunk && *chunk) {
    ASSERT_LE((*chunk)->offset + (*chunk)->length, 2u << 20);
    chunk = chunker.next();
  }
  ASSERT_FALSE(chunk);
  EXPECT_EQ(chunk.error().kind, ErrorKind::device);
}

TEST(ChunkerOptions, AreRefusedWhenSizesMakeNoSense) {
  EXPECT_TRUE(check(ChunkerOptions{}));
  const ChunkerOptions bad[] = {{63, 1024, 4096},  {256, 1000, 4096}, {1024, 1024, 4096},
                                {256, 4096, 4096}, {256, 0, 4096},    {256, 1024, (4u << 20) + 1}};
  for (const ChunkerOptions& options : bad) EXPECT_EQ(check(options).error().kind, ErrorKind::usage);
}

}  // namespace
}  // namespace dunlin
