#include "core/expand/canary.h"

namespace dunlin {
namespace {

constexpr std::array all_kinds = {
    PackingKind::zstd_block, PackingKind::zstd_stream, PackingKind::zlib_block, PackingKind::gzip_stream,
    PackingKind::xz_block,   PackingKind::xz_stream,   PackingKind::lz4_block,  PackingKind::lz4hc_block,
    PackingKind::lz4_legacy, PackingKind::lzo_block,   PackingKind::erofs_lz4,  PackingKind::erofs_tail};

// When a library was changed on purpose: look at what else changes with it, then put the new digests into
// core/expand/canary.cc.
TEST(Canary, TrustsEveryKindHere) {
  for (const PackingKind kind : all_kinds)
    EXPECT_TRUE(is_trusted(kind)) << to_string(kind) << " " << canary_digest(kind)->hex().substr(0, 16) << " "
                                  << codec_versions();
}

TEST(Canary, TrustsNoKindThatItDoesNotKnow) {
  EXPECT_FALSE(is_trusted(PackingKind{200}));
  EXPECT_EQ(to_string(PackingKind{200}), "unknown");
}

TEST(Canary, KnowsEveryKind) {
  EXPECT_THAT(packing_kinds(), testing::ElementsAreArray(all_kinds));
}

TEST(Canary, NamesTheLibraries) {
  EXPECT_THAT(codec_versions(), testing::HasSubstr("zstd 1."));
}

}  // namespace
}  // namespace dunlin
