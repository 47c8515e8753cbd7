#include "core/expand/erofs_tail.h"

#include <gtest/gtest.h>

#include "tests/fakes/made_bytes.h"

namespace dunlin {
namespace {

constexpr std::uint64_t image_size = 1000 * 4096;

// 100 blocks from block 10 on, then 70 bytes of inode, then 500 bytes of file.
ErofsInode long_file() {
  return {.type = ErofsInodeType::file,
          .layout = ErofsDataLayout::inline_tail,
          .size = 100 * 4096 + 500,
          .data_block = 10,
          .end_offset = 110 * 4096 + 70};
}

TEST(ErofsTail, IsFoundBehindTheInodeThatFollowsTheBlocks) {
  const std::optional<FoundRun> found = erofs_tail_of(long_file(), image_size);

  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(*found, (FoundRun{110 * 4096, 570, 570, {PackingKind::erofs_tail, {70, 0, 0}}}));
}

TEST(ErofsTail, IsLeftWhereItIsWhenTheInodeStandsElsewhere) {
  ErofsInode before = long_file();
  before.end_offset = 5 * 4096;
  ErofsInode touching = long_file();
  touching.end_offset = 110 * 4096;
  ErofsInode far = long_file();
  far.end_offset = 112 * 4096;
  ErofsInode even = long_file();
  even.size = 100 * 4096;
  ErofsInode brief = long_file();
  brief.size = 5000;
  ErofsInode packed = long_file();
  packed.layout = ErofsDataLayout::short_index;
  ErofsInode liar = long_file();
  liar.data_block = ~std::uint64_t{0} / 4096;

  for (const ErofsInode& file : {before, touching, far, even, brief, packed, liar})
    EXPECT_FALSE(erofs_tail_of(file, image_size).has_value());
  EXPECT_FALSE(erofs_tail_of(long_file(), 110 * 4096 + 569).has_value());
}

TEST(ErofsTail, IsExchangedWithTheInodeAndBack) {
  const auto codec = make_erofs_tail_codec(70);
  const Bytes inode = random_bytes(70, 1);
  const Bytes tail = random_bytes(500, 2);
  Bytes plain(570);
  Bytes packed;

  ASSERT_TRUE(codec->decode(joined({inode, tail}), plain));
  ASSERT_TRUE(codec->encode(plain, packed));

  EXPECT_EQ(plain, joined({tail, inode}));
  EXPECT_EQ(packed, joined({inode, tail}));
}

TEST(ErofsTail, RefusesOtherLengths) {
  const auto codec = make_erofs_tail_codec(70);
  Bytes plain(570);
  Bytes packed;

  EXPECT_FALSE(codec->decode(Bytes(571), plain));
  EXPECT_FALSE(codec->decode(Bytes(69), plain));
  EXPECT_FALSE(codec->encode(Bytes(69), packed));
}

}  // namespace
}  // namespace dunlin
