// Maps of several layers, cut down at random: every byte that stays readable is found on both sides again.
#include "core/expand/plain_translation.h"

#include <gtest/gtest.h>

#include "core/base/random.h"
#include "core/expand/finder.h"
#include "core/expand/needed_runs.h"

namespace dunlin {
namespace {

// Runs of random lengths on top of `packed_size` bytes.
ExpandLayer random_layer(std::uint64_t packed_size, SeededRandom& random) {
  ExpandLayer layer;
  layer.packings = {Packing{PackingKind::zstd_block, {3, 0, 0}}};
  bool packed = random.below(2) == 0;
  while (packed_size > 0) {
    const std::uint64_t length = std::min<std::uint64_t>(packed_size, 1 + random.below(40));
    layer.runs.push_back({length, packed ? 1 + random.below(90) : length, packed ? 1u : 0u});
    packed_size -= length;
    packed = !packed;
  }
  return layer;
}

ExpandMap random_map(std::uint64_t size, SeededRandom& random) {
  ExpandMap map;
  for (std::uint64_t layers = 1 + random.below(3); layers > 0; --layers) {
    map.layers.push_back(random_layer(size, random));
    size = map.layers.back().plain_size();
  }
  return map;
}

TEST(PlainTranslation, LeadsBackToEveryNeededByte) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SeededRandom random(seed);
    const ExpandMap full = random_map(400, random);
    const std::uint64_t size = full.layers.back().plain_size();
    NeededRuns needed(full);
    std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
    for (std::uint64_t left = random.below(6); left > 0; --left) {
      const std::uint64_t begin = random.below(size);
      ranges.emplace_back(begin, 1 + random.below(size - begin));
      needed.add(begin, ranges.back().second);
    }
    const ExpandMap part =
        filtered(full, [&](std::size_t layer, std::size_t run) { return needed.needs(layer, run); });
    const PlainTranslation there(full, part);
    const PlainTranslation back(part, full);
    for (const auto& [begin, length] : ranges) {
      const std::optional<PlainTranslation::Place> first = there.at(begin);
      ASSERT_TRUE(first);
      for (std::uint64_t i = 0; i < length; ++i) {
        const std::optional<PlainTranslation::Place> place = there.at(begin + i);
        ASSERT_TRUE(place) << seed;
        EXPECT_EQ(place->offset, first->offset + i) << "a needed range stays in one piece";
        const std::optional<PlainTranslation::Place> origin = back.at(place->offset);
        ASSERT_TRUE(origin);
        EXPECT_EQ(origin->offset, begin + i);
      }
    }
  }
}

TEST(PlainTranslation, IsTheIdentityWithoutLayers) {
  const ExpandMap none;
  const PlainTranslation same(none, none);
  EXPECT_EQ(same.at(12'345)->offset, 12'345u);
  EXPECT_GT(same.at(12'345)->length, std::uint64_t{1} << 60);
}

TEST(PlainTranslation, HasNoPlaceForWhatIsOpenOnOneSideOnly) {
  ExpandLayer layer;
  layer.packings = {Packing{PackingKind::zstd_block, {3, 0, 0}}};
  layer.runs = {{10, 10, 0}, {10, 100, 1}, {10, 10, 0}};
  const ExpandMap opened{{layer}};
  const ExpandMap closed;
  const PlainTranslation closing(opened, closed);
  EXPECT_EQ(closing.at(5)->offset, 5u);
  EXPECT_EQ(closing.at(5)->length, 5u);
  EXPECT_FALSE(closing.at(50));
  EXPECT_EQ(closing.at(113)->offset, 23u);
  const PlainTranslation opening(closed, opened);
  EXPECT_FALSE(opening.at(15));
  EXPECT_EQ(opening.at(23)->offset, 113u);
}

TEST(NeededRuns, NeedsAllLayersBelowAnOpenedByte) {
  ExpandLayer lower;
  lower.packings = {Packing{PackingKind::zstd_block, {3, 0, 0}}};
  lower.runs = {{10, 100, 1}, {10, 100, 1}, {10, 100, 1}};
  ExpandLayer upper;
  upper.packings = lower.packings;
  upper.runs = {{50, 50, 0}, {100, 1'000, 1}, {150, 150, 0}};
  const ExpandMap map{{lower, upper}};
  NeededRuns needed(map);
  needed.add(60, 1);
  EXPECT_TRUE(needed.needs(1, 1));
  EXPECT_TRUE(needed.needs(0, 0));
  EXPECT_TRUE(needed.needs(0, 1));
  EXPECT_FALSE(needed.needs(0, 2));
  NeededRuns raw(map);
  raw.add(10, 20);
  EXPECT_FALSE(raw.needs(1, 1));
  EXPECT_TRUE(raw.needs(0, 0));
  EXPECT_FALSE(raw.needs(0, 1));
}

}  // namespace
}  // namespace dunlin
