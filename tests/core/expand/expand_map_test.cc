#include "core/expand/expand_map.h"

#include "core/expand/found_run.h"

namespace dunlin {
namespace {

const Packing any_packing{PackingKind::zstd_block, {3, 0, 0}};

ExpandMap two_layers() {
  return {{{.packings = {any_packing}, .runs = {{10, 10, 0}, {20, 100, 1}}},
           {.packings = {any_packing}, .runs = {{50, 80, 1}, {60, 60, 0}}}}};
}

TEST(ExpandMap, FitsTheImageItWasMadeFor) {
  EXPECT_TRUE(check(two_layers(), 30).has_value());
  EXPECT_TRUE(check(ExpandMap{}, 30).has_value());
  EXPECT_FALSE(check(two_layers(), 29).has_value());
  EXPECT_FALSE(check(two_layers(), 31).has_value());
}

TEST(ExpandMap, RefusesEverythingThatCannotBe) {
  const auto broken = [](const auto& change) {
    ExpandMap map = two_layers();
    change(map);
    const Result<void> checked = check(map, 30);
    return !checked && checked.error().kind == ErrorKind::bad_image;
  };

  EXPECT_TRUE(broken([](ExpandMap& map) { map.layers[0].runs[0].plain_length = 11; }));
  EXPECT_TRUE(broken([](ExpandMap& map) { map.layers[0].runs[1].packing = 2; }));
  EXPECT_TRUE(broken([](ExpandMap& map) { map.layers[0].runs[1].plain_length = 0; }));
  EXPECT_TRUE(broken([](ExpandMap& map) { map.layers[0].runs[1].packed_length = 0; }));
  EXPECT_TRUE(broken([](ExpandMap& map) { map.layers[0].runs[1].plain_length = ~std::uint64_t{0}; }));
  EXPECT_TRUE(broken([](ExpandMap& map) { map.layers[1].runs[0].packed_length = 49; }));
  EXPECT_TRUE(broken([](ExpandMap& map) { map.layers.resize(expand_layers_max + 1, map.layers[1]); }));
}

TEST(FoundRun, BecomesALayerWithoutOverlapsAndGaps) {
  const std::vector<FoundRun> found = {
      {.packed_begin = 50, .packed_length = 10, .plain_length = 5, .packing = any_packing},
      {.packed_begin = 10, .packed_length = 20, .plain_length = 90, .packing = any_packing},
      {.packed_begin = 25, .packed_length = 10, .plain_length = 90, .packing = any_packing},
      {.packed_begin = 60, .packed_length = 41, .plain_length = 90, .packing = any_packing},
      {.packed_begin = 60, .packed_length = 0, .plain_length = 90, .packing = any_packing},
      {.packed_begin = ~std::uint64_t{0}, .packed_length = 9, .plain_length = 90, .packing = any_packing}};

  const ExpandLayer layer = layer_of(found, 100);

  EXPECT_EQ(layer.runs,
            (std::vector<ExpandedRun>{{10, 10, 0}, {20, 90, 1}, {20, 20, 0}, {10, 5, 1}, {40, 40, 0}}));
  EXPECT_EQ(found_in(layer), (std::vector<FoundRun>{found[1], found[0]}));
}

}  // namespace
}  // namespace dunlin
