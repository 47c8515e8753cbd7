#include "core/encode/long_reads.h"

#include "tests/fakes/made_maps.h"

namespace dunlin {
namespace {

constexpr std::uint64_t mib = 1u << 20;

// Two long frames between bytes that are not packed.
class LongReads : public testing::Test {
 protected:
  LongReads() {
    ExpandLayer layer{.packings = {{.kind = PackingKind::zstd_block, .parameters = {1, 0, 0}}}, .runs = {}};
    for (const std::uint64_t packed : {std::uint64_t{0}, 3 * mib, std::uint64_t{0}, 3 * mib}) {
      const Bytes plain(packed > 0 ? packed : 1000);
      const Bytes run = packed > 0 ? packed_by(layer.packings[0], plain) : plain;
      layer.runs.push_back({.packed_length = run.size(),
                            .plain_length = plain.size(),
                            .packing = packed > 0 ? std::uint32_t{1} : std::uint32_t{0}});
      image_bytes = joined({image_bytes, run});
    }
    map.layers.push_back(std::move(layer));
    image.emplace(image_bytes);
    plain = *PlainImage::make(*image, map, {}, nullptr);
    base.emplace(*image, *plain);
    first = base->search_begin() + 1000;
    second = first + 3 * mib + 1000;
  }

  Bytes image_bytes;
  ExpandMap map;
  std::optional<MemorySource> image;
  std::unique_ptr<PlainImage> plain;
  std::optional<SearchBase> base;
  std::uint64_t first = 0;  // where the frames' content lies
  std::uint64_t second = 0;
};

TEST_F(LongReads, AreOfTheFrameThatMostIsCopiedFrom) {
  const DifferenceOps ops = {{first, 100, 0}, {second, 60, 5}, {second + 1000, 60, 0}};
  EXPECT_EQ(long_read(*base, ops), base->long_stretch(second, 1));
  EXPECT_EQ(long_read(*base, {{first - 500, 100, 0}, {0, 0, 9}, {5, 80, 0}}), std::nullopt);
}

TEST_F(LongReads, FromOtherFramesBecomeLiterals) {
  const DifferenceOps ops = {
      {first, 100, 0}, {second, 60, 5}, {first - 500, 40, 1}, {0, 0, 7}, {first + 100, 10, 0}};
  EXPECT_EQ(with_one_long_read(*base, ops),
            (DifferenceOps{{first, 100, 65}, {first - 500, 40, 1}, {0, 0, 7}, {first + 100, 10, 0}}));
}

TEST_F(LongReads, AtTheFrontBecomeAStepOfLiterals) {
  EXPECT_EQ(with_one_long_read(*base, {{second, 60, 5}, {first, 100, 0}}),
            (DifferenceOps{{0, 0, 65}, {first, 100, 0}}));
}

TEST_F(LongReads, LeaveStepsWithoutThemAsTheyAre) {
  const DifferenceOps ops = {{first - 500, 40, 1}, {3, 8, 7}};
  EXPECT_EQ(with_one_long_read(*base, ops), ops);
  EXPECT_TRUE(with_one_long_read(*base, {}).empty());
}

}  // namespace
}  // namespace dunlin
