// Real squashfs images and frames of real programs: everything is found, and proven with the program's own
// parameters.
#include "core/expand/finder.h"

#include "core/expand/contractor.h"
#include "core/expand/expanded_source.h"
#include "tests/fakes/squashfs_image.h"

namespace dunlin {
namespace {

struct RunCount {
  std::size_t packed = 0;
  std::uint64_t packed_bytes = 0;
};

RunCount packed_runs(const ExpandLayer& layer) {
  RunCount count;
  for (const ExpandedRun& run : layer.runs)
    if (!run.is_raw()) count = {count.packed + 1, count.packed_bytes + run.packed_length};
  return count;
}

// Opens the image by the map and closes it again.
Bytes closed_again(const Bytes& image, const ExpandMap& map) {
  const MemorySource source(image);
  const ExpandedSource expanded(source, map);
  Bytes plain(expanded.size());
  CHECK(expanded.read(0, plain).has_value());
  Bytes closed;
  Contractor contractor(map);
  CHECK(contractor
            .feed(plain,
                  [&](ByteView packed) {
                    closed.insert(closed.end(), packed.begin(), packed.end());
                    return Result<void>{};
                  })
            .has_value());
  return closed;
}

Bytes zstd_frame(std::size_t size, std::uint64_t seed) {
  return program_output("zstd -q -9 -c in > out", wordy_bytes(size, seed));
}

class EverySquashfs : public testing::TestWithParam<std::string> {};

TEST_P(EverySquashfs, HasAllItsBlocksFoundAndProven) {
  const Bytes image = squashfs_image(GetParam(), random_bytes(10, 1));
  const MemorySource source(image);

  const Result<ExpandMap> found = find_compressed(source, {.threads = 2});
  ASSERT_TRUE(found.has_value());
  ASSERT_GE(found->layers.size(), 1U);
  const Result<ExpandMap> proven = prove(source, *found, {.threads = 2});
  ASSERT_TRUE(proven.has_value());

  EXPECT_EQ(packed_runs(proven->layers[0]).packed, packed_runs(found->layers[0]).packed);
  // What is left raw: noise, the superblock, lists of tables.
  EXPECT_GE(packed_runs(proven->layers[0]).packed_bytes + 52'000, image.size() * 99 / 100);
  EXPECT_EQ(closed_again(image, *proven), image);
}

INSTANTIATE_TEST_SUITE_P(Squashfs, EverySquashfs,
                         testing::Values("-comp zstd", "-comp zstd -Xcompression-level 3 -b 32K",
                                         "-comp gzip", "-comp gzip -Xcompression-level 4 -Xwindow-size 12",
                                         "-comp gzip -Xstrategy default,huffman_only,fixed",
                                         "-comp xz -b 32K", "-comp xz -Xbcj x86 -Xdict-size 50%", "-comp lz4",
                                         "-comp lz4 -Xhc", "-comp lzo -b 64K",
                                         "-comp lzo -Xalgorithm lzo1x_1_15"));

TEST(Finder, OpensAFrameInsideOfASquashfs) {
  const Bytes frame = zstd_frame(1'500'000, 5);
  const Bytes image = squashfs_image("-comp zstd", frame);
  const MemorySource source(image);

  const Result<ExpandMap> found = find_compressed(source, {});
  ASSERT_TRUE(found.has_value());
  ASSERT_EQ(found->layers.size(), 2U);
  const Result<ExpandMap> proven = prove(source, *found, {});

  ASSERT_TRUE(proven.has_value());
  ASSERT_EQ(proven->layers.size(), 2U);
  EXPECT_EQ(packed_runs(proven->layers[1]).packed, 1U);
  EXPECT_EQ(closed_again(image, *proven), image);
}

TEST(Finder, OpensFramesAnywhereAndFramesInThem) {
  const Bytes inner = program_output("lz4 -q -l -9 in out", wordy_bytes(400'000, 6));
  const Bytes outer = program_output("zstd -q -3 -c in > out", joined({wordy_bytes(300'000, 7), inner}));
  const Bytes xz = program_output("xz -1 -T1 -c in > out", wordy_bytes(400'000, 8));
  const Bytes image =
      joined({random_bytes(1'234, 9), outer, random_bytes(99, 10), xz, random_bytes(5'000, 11)});
  const MemorySource source(image);

  const Result<ExpandMap> found = find_compressed(source, {});
  ASSERT_TRUE(found.has_value());
  const Result<ExpandMap> proven = prove(source, *found, {});

  ASSERT_TRUE(proven.has_value());
  ASSERT_EQ(proven->layers.size(), 2U);
  EXPECT_EQ(packed_runs(proven->layers[0]).packed, 2U);
  EXPECT_EQ(packed_runs(proven->layers[1]).packed, 1U);
  EXPECT_EQ(closed_again(image, *proven), image);
}

TEST(Finder, LeavesClosedWhatDoesNotComeOutBitForBit) {
  // GNU gzip finds other matches than zlib.
  const Bytes gzip = program_output("gzip -nc in > out", wordy_bytes(400'000, 12));
  const MemorySource source(gzip);

  const Result<ExpandMap> found = find_compressed(source, {});
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->layers.size(), 1U);
  const Result<ExpandMap> proven = prove(source, *found, {});

  ASSERT_TRUE(proven.has_value());
  EXPECT_TRUE(proven->layers.empty() || closed_again(gzip, *proven) == gzip);
}

TEST(Finder, OpensGzipThatZlibMade) {
  const Bytes gzip = program_output(
      "python3 -c 'import gzip; open(\"out\", \"wb\").write(gzip.compress(open(\"in\", \"rb\").read(), 6))'",
      wordy_bytes(400'000, 13));
  const MemorySource source(gzip);

  const Result<ExpandMap> proven = prove(source, find_compressed(source, {}).value(), {});

  ASSERT_TRUE(proven.has_value());
  ASSERT_EQ(proven->layers.size(), 1U);
  EXPECT_EQ(proven->layers[0].packings[0].kind, PackingKind::gzip_stream);
  EXPECT_EQ(closed_again(gzip, *proven), gzip);
}

TEST(Finder, DoesNotDependOnTheNumberOfThreads) {
  const Bytes image = squashfs_image("-comp zstd -b 16K", zstd_frame(300'000, 14));
  const MemorySource source(image);

  const ExpandMap one =
      prove(source, find_compressed(source, {.threads = 1}).value(), {.threads = 1}).value();
  const ExpandMap four =
      prove(source, find_compressed(source, {.threads = 4}).value(), {.threads = 4}).value();

  EXPECT_EQ(one, four);
}

TEST(Finder, FindsNothingInPlainBytes) {
  for (const Bytes& bytes : {Bytes{}, Bytes{0}, random_bytes(300'000, 15), Bytes(300'000, 0)}) {
    const MemorySource source(bytes);
    EXPECT_TRUE(find_compressed(source, {}).value().layers.empty());
  }
}

TEST(Finder, StopsWhenAskedTo) {
  const Bytes image = squashfs_image("-comp zstd", random_bytes(10, 1));
  const MemorySource source(image);
  const std::atomic<bool> cancel = true;

  EXPECT_EQ(find_compressed(source, {.cancel = &cancel}).error().kind, ErrorKind::cancelled);
}

TEST(Finder, SurvivesSquashfsImagesThatLie) {
  const Bytes image = squashfs_image("-comp zstd -b 4K", random_bytes(10, 1));
  SeededRandom random(16);
  for (int i = 0; i < 60; ++i) {
    Bytes lying = image;
    // The superblock and the tables at the end are what counts.
    const std::size_t table_begin = lying.size() - 6'000;
    for (int flip = 0; flip < 3; ++flip) {
      const bool front = random.below(2) == 0;
      lying[front ? random.below(96) : table_begin + random.below(6'000)] =
          static_cast<std::uint8_t>(random.below(256));
    }
    if (random.below(4) == 0) lying.resize(random.below(lying.size()));
    const MemorySource source(lying);
    const Result<ExpandMap> found = find_compressed(source, {});
    ASSERT_TRUE(found.has_value());
    ASSERT_TRUE(check(*found, lying.size()).has_value());
    if (found->layers.empty()) continue;
    const ExpandedSource expanded(source, *found);
    Bytes plain(expanded.size());
    ASSERT_TRUE(expanded.read(0, plain).has_value());
  }
}

TEST(Finder, EveryMapThatIsFilteredStillOpensTheImage) {
  const Bytes image = squashfs_image("-comp zstd -b 16K", zstd_frame(400'000, 17));
  const MemorySource source(image);
  const ExpandMap found = find_compressed(source, {}).value();
  SeededRandom random(18);
  for (int i = 0; i < 5; ++i) {
    const std::size_t share = random.below(40);
    const ExpandMap some =
        filtered(found, [&](std::size_t, std::size_t) { return random.below(40) >= share; });
    ASSERT_TRUE(check(some, image.size()).has_value());
    const ExpandMap proven = prove(source, some, {}).value();
    ASSERT_EQ(proven, some) << "packings of zstd images are no guesses";
    ASSERT_TRUE(closed_again(image, some) == image);
  }
}

TEST(OpenChanged, OpensOnlyWhatTheBaseHasNot) {
  const Bytes frame = zstd_frame(300'000, 20);
  const Bytes base = squashfs_image("-comp zstd", frame, 1);
  Bytes more = frame;
  more.insert(more.end(), 5, 7);
  const Bytes target = squashfs_image("-comp zstd", more, 1);
  const MemorySource base_source(base);
  const MemorySource target_source(target);
  const ExpandMap base_map = find_compressed(base_source, {}).value();

  const Result<OpenedTarget> opened = open_changed(target_source, base_source, base_map, {});

  ASSERT_TRUE(opened.has_value());
  EXPECT_LT(packed_runs(opened->map.layers[0]).packed, packed_runs(base_map.layers[0]).packed / 2);
  EXPECT_EQ(closed_again(target, opened->map), target);
  const ExpandedSource expanded(target_source, opened->map);
  std::uint64_t copied = 0;
  std::uint64_t end = 0;
  for (const KnownCopy& copy : opened->copies) {
    ASSERT_GE(copy.target_plain, end);
    end = copy.target_plain + copy.length;
    copied += copy.length;
    Bytes there(copy.length);
    ASSERT_TRUE(expanded.read(copy.target_plain, there).has_value());
    ASSERT_EQ(there, slice(base, copy.base_image, copy.base_image + copy.length));
  }
  EXPECT_GT(copied, base.size() / 3);
}

TEST(OpenChanged, KeepsOpenWhatLiesUnderAChangedFrame) {
  const Bytes base = squashfs_image("-comp zstd -b 8K", zstd_frame(900'000, 21), 2);
  // Level 1 leaves enough order in its output for squashfs to pack it once more.
  const Bytes frame = program_output("zstd -q -1 -c in > out", Bytes(3'000'000, 'x'));
  const Bytes target = squashfs_image("-comp zstd -b 8K", joined({zstd_frame(900'001, 21), frame}), 2);
  const MemorySource base_source(base);
  const MemorySource target_source(target);

  const Result<OpenedTarget> opened =
      open_changed(target_source, base_source, find_compressed(base_source, {}).value(), {});

  ASSERT_TRUE(opened.has_value());
  ASSERT_EQ(opened->map.layers.size(), 2U);
  EXPECT_EQ(packed_runs(opened->map.layers[1]).packed, 1U);
  EXPECT_EQ(closed_again(target, opened->map), target);
}

TEST(OpenChanged, OpensNothingOfAnEqualImage) {
  const Bytes image = squashfs_image("-comp zstd", zstd_frame(300'000, 22), 3);
  const MemorySource source(image);

  const Result<OpenedTarget> opened = open_changed(source, source, find_compressed(source, {}).value(), {});

  ASSERT_TRUE(opened.has_value());
  EXPECT_TRUE(opened->map.layers.empty());
  EXPECT_FALSE(opened->copies.empty());
}

}  // namespace
}  // namespace dunlin
