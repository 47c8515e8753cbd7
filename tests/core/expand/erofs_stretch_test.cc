#include "core/expand/erofs_stretch.h"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

constexpr std::uint64_t image_size = 100 * erofs_block_size;

// A file of clusters of one block, 10 KiB in each.
ErofsExtents file_at(std::vector<std::uint64_t> blocks) {
  ErofsExtents file{{}, true};
  for (const std::uint64_t block : blocks)
    file.extents.push_back({file.extents.size() * 10'240, 10'240, block, 1, false});
  return file;
}

TEST(ErofsStretches, JoinWhatLiesInOnePiece) {
  ErofsStretches stretches(image_size, erofs_block_size);

  const std::vector<ErofsStretch> found = stretches.of(file_at({5, 6, 7}));

  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].packed_offset, 5 * erofs_block_size);
  EXPECT_EQ(found[0].packed_length, 3 * erofs_block_size);
  EXPECT_EQ(found[0].plain_length, 30'720U);
  EXPECT_EQ(found[0].witness_size, 0U);
}

TEST(ErofsStretches, KeepTheEndOfAnEarlierPiecePacked) {
  ErofsStretches stretches(image_size, erofs_block_size);

  const std::vector<ErofsStretch> found = stretches.of(file_at({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 21}));

  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].packed_length, 10 * erofs_block_size);
  EXPECT_EQ(found[0].witness_size, 8 * erofs_block_size);
  EXPECT_EQ(found[0].plain_length, 2 * 10'240 + 8 * erofs_block_size);
  EXPECT_EQ(found[1].witness_size, 0U);
}

TEST(ErofsStretches, LeaveClosedWhatHasOnlyWitnesses) {
  ErofsStretches stretches(image_size, erofs_block_size);

  EXPECT_EQ(stretches.of(file_at({1, 2, 3, 20})).size(), 1U);
}

TEST(ErofsStretches, TakeNoBlockTwice) {
  ErofsStretches stretches(image_size, erofs_block_size);
  ASSERT_EQ(stretches.of(file_at({5, 6, 7})).size(), 1U);

  EXPECT_TRUE(stretches.of(file_at({5, 6, 7})).empty());
  EXPECT_EQ(stretches.of(file_at({6, 8}))[0].packed_offset, 8 * erofs_block_size);
}

TEST(ErofsStretches, StayInsideTheImage) {
  ErofsStretches stretches(image_size, erofs_block_size);

  EXPECT_EQ(stretches.of(file_at({99})).size(), 1U);
  EXPECT_TRUE(stretches.of(file_at({100})).empty());
  EXPECT_TRUE(stretches.of(file_at({~std::uint64_t{0}})).empty());
}

TEST(ErofsStretches, OpenAtMostAMultipleOfTheImage) {
  ErofsStretches stretches(image_size, erofs_block_size);
  std::uint64_t opened = 0;
  for (std::uint64_t block = 0; block < 100; ++block)
    for (const ErofsStretch& stretch : stretches.of({{{0, image_size, block, 1, false}}, true}))
      opened += stretch.plain_length;

  EXPECT_EQ(opened, erofs_plain_factor_max * image_size);
}

TEST(ErofsStretches, ExpectFullClustersExceptAtTheEnd) {
  ErofsStretches stretches(image_size, 4 * erofs_block_size);
  const ErofsExtents file{
      {{0, 50'000, 4, 4, false}, {50'000, 50'000, 8, 2, false}, {100'000, 9'000, 10, 1, false}}, true};

  const std::vector<ErofsStretch> found = stretches.of(file);

  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].packed_offset, 10 * erofs_block_size);
  EXPECT_EQ(found[0].cluster_size, 4 * erofs_block_size);
}

}  // namespace
}  // namespace dunlin
