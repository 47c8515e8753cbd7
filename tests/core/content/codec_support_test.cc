#include "core/content/codec_support.h"

#include "tests/fakes/encoded_images.h"

namespace dunlin {
namespace {

ExpandMap map_of(PackingKind kind, std::uint32_t second_parameter = 0) {
  return {{{{{kind, {3, second_parameter, 0}}}, {{10, 10, 0}, {5, 100, 1}}}}};
}

PackTable table_of(const ExpandMap& base, const ExpandMap& target) {
  PackTable table;
  table.base_map = base;
  table.target_map = target;
  return table;
}

TEST(CodecSupport, FindsNoFaultInTheCodecsOfThisProgram) {
  const CodecSupport codecs = CodecSupport::probe();
  EXPECT_TRUE(codecs.differing().empty()) << codecs.summary();
  EXPECT_THAT(codecs.summary(), ::testing::HasSubstr("all close as they must"));
}

TEST(CodecSupport, NeedsNothingForPacksThatOpenNothing) {
  EXPECT_EQ(CodecSupport({PackingKind::zstd_block}).obstacle(PackTable()), std::nullopt);
}

TEST(CodecSupport, AcceptsWhatItCanOpenAndClose) {
  const PackTable table = table_of(map_of(PackingKind::zstd_block), map_of(PackingKind::zstd_block));
  EXPECT_EQ(CodecSupport().obstacle(table), std::nullopt);
}

TEST(CodecSupport, NamesWhatFailedItsCanary) {
  const CodecSupport codecs({PackingKind::zstd_block});
  const auto obstacle = codecs.obstacle(table_of({}, map_of(PackingKind::zstd_block)));
  ASSERT_TRUE(obstacle);
  EXPECT_THAT(*obstacle, ::testing::HasSubstr("zstd_block"));
  EXPECT_THAT(codecs.summary(), ::testing::HasSubstr("not used: zstd_block"));
}

TEST(CodecSupport, StillOpensABaseWithACodecThatClosesOtherwise) {
  const CodecSupport codecs({PackingKind::zstd_block});
  EXPECT_EQ(codecs.obstacle(table_of(map_of(PackingKind::zstd_block), {})), std::nullopt);
}

TEST(CodecSupport, RefusesKindsAndParametersItDoesNotKnow) {
  const auto unknown = static_cast<PackingKind>(99);
  EXPECT_THAT(CodecSupport().obstacle(table_of(map_of(unknown), {})).value_or(""),
              ::testing::HasSubstr("cannot open"));
  EXPECT_THAT(CodecSupport().obstacle(table_of({}, map_of(unknown))).value_or(""),
              ::testing::HasSubstr("cannot close"));
  EXPECT_TRUE(CodecSupport().obstacle(table_of({}, map_of(PackingKind::zstd_stream, 77))));
}

TEST(CodecSupport, IgnoresPackingsThatNoRunUses) {
  ExpandMap map = map_of(PackingKind::zstd_block);
  map.layers[0].packings.push_back({static_cast<PackingKind>(99), {}});
  EXPECT_EQ(CodecSupport().obstacle(table_of(map, map)), std::nullopt);
}

}  // namespace
}  // namespace dunlin
