#include "core/content/map_section.h"

#include "core/codec/zstd.h"
#include "tests/fakes/encoded_images.h"
#include "tests/fakes/made_maps.h"

namespace dunlin {
namespace {

// The blocks of a squashfs that a small change touches: 128 KiB each, some next to each other.
ExpandMap squashfs_map(std::size_t changed) {
  SeededRandom random(7);
  ExpandLayer layer{.packings = {{PackingKind::zstd_block, {15, 0, 0}}}, .runs = {}};
  for (std::size_t i = 0; i < changed; ++i) {
    if (i % 4 == 0) {
      const std::uint64_t gap = 1 + random.below(5u << 20);
      layer.runs.push_back({gap, gap, 0});
    }
    layer.runs.push_back({20'000 + random.below(80'000), 128u << 10, 1});
  }
  return {{layer}};
}

void expect_refused(ByteView section, std::uint64_t packed_size, std::string_view words) {
  const Result<ExpandMap> map = parse_map_section(section, packed_size);
  ASSERT_FALSE(map) << words;
  EXPECT_EQ(map.error().kind, ErrorKind::bad_image);
  EXPECT_THAT(map.error().message, ::testing::HasSubstr(std::string(words)));
}

Bytes varints(std::initializer_list<std::uint64_t> values) {
  ByteWriter writer;
  for (const std::uint64_t value : values) writer.varint(value);
  return writer.take();
}

TEST(MapSection, ReadsWhatItWrites) {
  for (std::uint64_t seed = 1; seed < 20; ++seed) {
    // Parsing joins raw runs that touch; written again, the map is the same.
    const MadeImage made = made_image(20'000, 1 + seed % 3, seed, {quick_packings[0], quick_packings[1]});
    const Result<ExpandMap> once = parse_map_section(write_map_section(made.map), made.image.size());
    ASSERT_TRUE(once) << once.error().message;
    EXPECT_EQ(once->layers.size(), made.map.layers.size());
    EXPECT_EQ(once->layers.back().plain_size(), made.plain.size());
    EXPECT_EQ(parse_map_section(write_map_section(*once), made.image.size()), *once);
  }
  const ExpandMap map = squashfs_map(100);
  EXPECT_EQ(parse_map_section(write_map_section(map), map.layers[0].packed_size()), map);
}

TEST(MapSection, CostsAFewHundredBytesForAHundredBlocks) {
  Compressor compressor(19);
  EXPECT_LT(compressor.compress(write_map_section(squashfs_map(100)), {})->size(), 500u);
}

TEST(MapSection, KeepsKindsAndParametersItDoesNotKnow) {
  ExpandMap map = squashfs_map(1);
  map.layers[0].packings[0] = {static_cast<PackingKind>(200), {1u << 31, 7, UINT32_MAX}};
  EXPECT_EQ(parse_map_section(write_map_section(map), map.layers[0].packed_size()), map);
}

TEST(MapSection, IsRefusedWhereverItIsCutShort) {
  const MadeImage made = made_image(20'000, 3, 5, {quick_packings[0]});
  const Bytes section = write_map_section(made.map);
  for (std::size_t size = 0; size < section.size(); ++size)
    EXPECT_FALSE(parse_map_section(slice(section, 0, size), made.image.size())) << size;
  expect_refused(joined({section, Bytes(1)}), made.image.size(), "bytes follow");
}

TEST(MapSection, GivesAConsistentMapOrAnErrorWhateverByteFlips) {
  const MadeImage made = made_image(20'000, 2, 6, {quick_packings[0]});
  const Bytes section = write_map_section(made.map);
  for (std::size_t i = 0; i < section.size() * 8; ++i) {
    Bytes damaged = section;
    damaged[i / 8] ^= static_cast<std::uint8_t>(1u << (i % 8));
    const Result<ExpandMap> map = parse_map_section(damaged, made.image.size());
    if (map) {
      EXPECT_TRUE(check(*map, made.image.size())) << i;
    }
  }
}

TEST(MapSection, RefusesCountsItHasNoRoomForBeforeAllocating) {
  expect_refused(varints({0}), 10, "0 layers");
  expect_refused(varints({expand_layers_max + 1}), 10, "4 layers");
  expect_refused(varints({1, map_packing_count_max + 1}), 10, "too many packings");
  expect_refused(joined({varints({1, 0, ~std::uint64_t{0}}), Bytes(50)}), 10, "more than it has room for");
  expect_refused(joined({varints({1, 0, map_run_count_max + 1}), Bytes(4 * map_run_count_max + 8)}), 10,
                 "more than it has room for");
  expect_refused(joined({varints({1, 0, 3}), Bytes(11)}), 10, "more than it has room for");
}

TEST(MapSection, RefusesRunsThatContradictThemselves) {
  // layers, packings, kind, parameters, runs, gaps, packing of the run, plain length (zigzag), packed length
  const auto one_run = [](std::uint64_t packing, std::uint64_t plain, std::uint64_t packed) {
    return varints({1, 1, 1, 0, 0, 0, 1, 2, 3, packing, plain * 2, packed});
  };
  EXPECT_TRUE(parse_map_section(one_run(0, 9, 5), 10));
  expect_refused(one_run(1, 9, 5), 10, "not listed");
  expect_refused(one_run(0, 0, 5), 10, "empty run");
  expect_refused(one_run(0, 9, 0), 5, "empty run");
  expect_refused(one_run(0, 9, 5), 9, "longer");
  expect_refused(one_run(0, 9, 5), 11, "shorter");
  expect_refused(one_run(0, std::uint64_t{1} << 50, 5), 10, "impossibly long");
  expect_refused(one_run(0, 9, ~std::uint64_t{0}), 4, "impossibly long");
}

}  // namespace
}  // namespace dunlin
