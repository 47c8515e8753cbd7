#include "core/codec/lz4_fill.h"

#include <gtest/gtest.h>

#include "core/codec/lz4_block.h"
#include "tests/fakes/made_bytes.h"

namespace dunlin {
namespace {

TEST(Lz4Filler, FillsTheRoomAndSaysHowMuchWentIn) {
  const Bytes plain = wordy_bytes(100'000, 1);
  for (int level = 0; level <= lz4_fill_level_max; ++level) {
    Lz4Filler filler(level);
    Bytes packed(4096);
    Bytes opened(100'000);

    const Result<Lz4Filler::Filled> filled = filler.fill(plain, packed);

    ASSERT_TRUE(filled.has_value());
    EXPECT_GT(filled->given, 4000U);
    EXPECT_GT(filled->taken, 4096U);
    EXPECT_EQ(open_lz4_block(ByteView(packed).first(filled->given), opened), filled->taken);
    EXPECT_TRUE(std::equal(plain.begin(), plain.begin() + static_cast<std::ptrdiff_t>(filled->taken),
                           opened.begin()));
  }
}

TEST(Lz4Filler, ForgetsWhatItPackedBefore) {
  Lz4Filler used(9);
  Lz4Filler fresh(9);
  Bytes first(4096);
  Bytes second(4096);
  ASSERT_TRUE(used.fill(wordy_bytes(50'000, 1), first));

  ASSERT_TRUE(used.fill(wordy_bytes(50'000, 2), first));
  ASSERT_TRUE(fresh.fill(wordy_bytes(50'000, 2), second));

  EXPECT_TRUE(first == second);
}

TEST(Lz4Filler, TakesTheWholeInputWhenItFits) {
  Lz4Filler filler(9);
  Bytes packed(4096);

  const Result<Lz4Filler::Filled> filled = filler.fill(Bytes(10'000), packed);

  ASSERT_TRUE(filled.has_value());
  EXPECT_EQ(filled->taken, 10'000U);
  EXPECT_LT(filled->given, 100U);
}

TEST(OpenLz4Block, RefusesWhatDoesNotFitOrIsDamaged) {
  Lz4Filler filler(9);
  Bytes packed(4096);
  const Lz4Filler::Filled filled = *filler.fill(wordy_bytes(100'000, 1), packed);
  Bytes room(filled.taken);
  const ByteView block = ByteView(packed).first(filled.given);

  EXPECT_TRUE(open_lz4_block(block, room));
  EXPECT_FALSE(open_lz4_block(block, ByteSpan(room).first(filled.taken - 1)));
  EXPECT_FALSE(open_lz4_block(block.first(filled.given - 1), room));
  EXPECT_FALSE(open_lz4_block({}, room));
}

}  // namespace
}  // namespace dunlin
