#include "core/content/map_outline.h"

#include "tests/fakes/encoded_images.h"
#include "tests/fakes/made_maps.h"

namespace dunlin {
namespace {

ExpandMap one_layer(std::vector<ExpandedRun> runs) {
  return {{{{{PackingKind::zstd_block, {3, 0, 0}}}, std::move(runs)}}};
}

TEST(MapOutline, AgreesWithTheContractorOnWhereNothingIsHeld) {
  for (std::uint64_t seed = 1; seed < 8; ++seed) {
    const MadeImage made = made_image(3'000, 1 + seed % 3, seed, {quick_packings[0]});
    const MapOutline outline(made.map);
    for (std::uint64_t plain = 0; plain <= made.plain.size(); ++plain)
      ASSERT_EQ(outline.clean_before(plain), Contractor::clean_position(made.map, plain))
          << seed << " " << plain;
  }
}

TEST(MapOutline, JoinsRunsOfTwoLayersThatOverlap) {
  // Image 100 bytes: packed [10, 20) opens to 50. Above, packed [40, 100) of those opens to 200: it begins
  // inside the first and ends in raw bytes.
  const ExpandMap map{
      {{{{}}, {{10, 10, 0}, {10, 50, 1}, {80, 80, 0}}}, {{{}}, {{40, 40, 0}, {60, 200, 1}, {40, 40, 0}}}}};
  const MapOutline outline(map);
  EXPECT_EQ(outline.clean_before(9), (ExpandPosition{9, 9}));
  EXPECT_EQ(outline.clean_before(11), (ExpandPosition{10, 10}));
  EXPECT_EQ(outline.clean_before(239), (ExpandPosition{10, 10}));
  EXPECT_EQ(outline.clean_before(240), (ExpandPosition{60, 240}));
  EXPECT_EQ(outline.clean_before(245), (ExpandPosition{65, 245}));
}

TEST(MapOutline, AllowsSegmentsToBeginInsideOnlyWithinThePackedSide) {
  const MapOutline outline(one_layer({{10, 10, 0}, {5, 100, 1}, {10, 10, 0}}));
  EXPECT_TRUE(outline.is_boundary({7, 7}));
  EXPECT_FALSE(outline.is_boundary({8, 7}));
  EXPECT_TRUE(outline.is_boundary({10, 10}));
  EXPECT_FALSE(outline.is_boundary({11, 10}));
  EXPECT_TRUE(outline.is_boundary({10, 50}));
  EXPECT_TRUE(outline.is_boundary({15, 50}));
  EXPECT_FALSE(outline.is_boundary({9, 50}));
  EXPECT_FALSE(outline.is_boundary({16, 50}));
  EXPECT_TRUE(outline.is_boundary({15, 110}));
  EXPECT_FALSE(outline.is_boundary({14, 110}));
  EXPECT_TRUE(outline.is_boundary({25, 120}));
}

TEST(MapOutline, SaysWhichSegmentsHoldOpenedBytes) {
  const MapOutline outline(one_layer({{10, 10, 0}, {5, 100, 1}, {10, 10, 0}}));
  EXPECT_FALSE(outline.is_opened(0, 10));
  EXPECT_TRUE(outline.is_opened(0, 11));
  EXPECT_TRUE(outline.is_opened(50, 1));
  EXPECT_TRUE(outline.is_opened(109, 5));
  EXPECT_FALSE(outline.is_opened(110, 10));
  EXPECT_FALSE(MapOutline(ExpandMap()).is_opened(0, 1'000));
}

}  // namespace
}  // namespace dunlin
