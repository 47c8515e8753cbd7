#include "core/encode/target_layout.h"

#include "tests/fakes/encoded_images.h"

namespace dunlin {
namespace {

// Opens [packed_begin, +packed_length) of an image into plain_length bytes.
ExpandMap map_with_run(std::uint64_t before, std::uint64_t packed, std::uint64_t plain, std::uint64_t after) {
  ExpandLayer layer;
  layer.packings = {Packing{PackingKind::zstd_block, {3, 0, 0}}};
  layer.runs = {{before, before, 0}, {packed, plain, 1}, {after, after, 0}};
  return ExpandMap{{layer}};
}

TEST(TargetLayout, SaysOfEachByteWhatIsKnown) {
  const std::vector<BlockRun> scan = {{100, false, false}, {100, true, false}, {100, false, true}};
  const std::vector<LayoutRun> runs = lay_out_target(scan, {{20, 50, 1'000}}, MapOutline(ExpandMap()));
  const std::vector<LayoutRun> expected = {{{0, 0}, {20, 20}, false, false, {}},
                                           {{20, 20}, {70, 70}, false, false, 1'000},
                                           {{70, 70}, {100, 100}, false, false, {}},
                                           {{100, 100}, {200, 200}, false, true, {}},
                                           {{200, 200}, {300, 300}, false, false, 200}};
  EXPECT_EQ(runs, expected);
}

TEST(TargetLayout, PutsOpenedContentBetweenRawBytes) {
  const ExpandMap map = map_with_run(100, 40, 400, 60);
  const std::vector<BlockRun> scan = {{120, false, true}, {80, false, false}};
  const std::vector<LayoutRun> runs = lay_out_target(scan, {{130, 20, 7}}, MapOutline(map));
  const std::vector<LayoutRun> expected = {{{0, 0}, {100, 100}, false, false, 0},
                                           {{100, 100}, {140, 500}, true, false, {}},
                                           {{140, 500}, {150, 510}, false, false, 17},
                                           {{150, 510}, {200, 560}, false, false, {}}};
  EXPECT_EQ(runs, expected);
}

TEST(TargetLayout, JoinsCopiesThatGoOn) {
  const std::vector<LayoutRun> runs =
      lay_out_target({{100, false, false}}, {{0, 40, 5}, {40, 60, 45}}, MapOutline(ExpandMap()));
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_EQ(runs[0].base, 5u);
}

TEST(GrowCopies, ReachesAsFarAsTheImagesAgree) {
  const Bytes shared = random_bytes(300'000, 1);
  const Bytes base = joined({random_bytes(1'000, 2), shared, random_bytes(500, 3)});
  const Bytes target = joined({random_bytes(70'000, 4), shared, random_bytes(900, 5)});
  const Result<std::vector<ImageCopy>> grown =
      grow_copies({{170'000, 10, 101'000}}, MemorySource(target), MemorySource(base));
  ASSERT_TRUE(grown);
  EXPECT_EQ(*grown, (std::vector<ImageCopy>{{70'000, 300'000, 1'000}}));
}

TEST(GrowCopies, JoinsNeighboursAcrossWhatTheyHaveInCommon) {
  const Bytes base = random_bytes(200'000, 6);
  const Bytes target = joined({Bytes(10), base});
  const Result<std::vector<ImageCopy>> grown =
      grow_copies({{50'010, 100, 50'000}, {150'010, 100, 150'000}}, MemorySource(target), MemorySource(base));
  ASSERT_TRUE(grown);
  EXPECT_EQ(*grown, (std::vector<ImageCopy>{{10, 200'000, 0}}));
}

TEST(GrowCopies, StaysInsideBothImages) {
  const Bytes image = random_bytes(100'000, 7);
  const Result<std::vector<ImageCopy>> grown =
      grow_copies({{10, 99'990, 10}}, MemorySource(image), MemorySource(image));
  ASSERT_TRUE(grown);
  EXPECT_EQ(*grown, (std::vector<ImageCopy>{{0, 100'000, 0}}));
  EXPECT_EQ(
      grow_copies({{50'000, 10, 50'000}}, BrokenSource(image, 40'000), MemorySource(image)).error().kind,
      ErrorKind::device);
}

}  // namespace
}  // namespace dunlin
