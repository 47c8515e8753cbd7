#include "core/encode/earlier_match.h"

#include "core/content/pack_table.h"
#include "tests/fakes/encoded_images.h"

namespace dunlin {
namespace {

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t near_size = 256 * kib;

std::vector<ByteRange> match_at(const Bytes& target, std::uint64_t offset, std::uint64_t length) {
  const BaseIndex index = *BaseIndex::build(MemorySource(target), 0, nullptr);
  return match_earlier(slice(target, offset, offset + length), offset, index);
}

TEST(EarlierMatch, HasNothingToOfferAtTheFront) {
  EXPECT_TRUE(match_at(random_bytes(100'000, 1), 0, 50'000).empty());
}

TEST(EarlierMatch, OffersWhatLiesRightInFront) {
  const Bytes target = random_bytes(900'000, 2);
  EXPECT_EQ(match_at(target, 1, 50'000), (std::vector<ByteRange>{{0, 1}}));
  EXPECT_EQ(match_at(target, 800'000, 50'000), (std::vector<ByteRange>{{800'000 - near_size, near_size}}));
}

TEST(EarlierMatch, FindsContentFarInFront) {
  const Bytes known = random_bytes(100 * kib, 3);
  const Bytes target = joined({random_bytes(50 * kib, 4), known, random_bytes(900 * kib, 5), known});

  const std::vector<ByteRange> ranges = match_at(target, 1050 * kib, 100 * kib);

  ASSERT_EQ(ranges.size(), 2u);
  EXPECT_LE(ranges[0].offset, 64 * kib);
  EXPECT_GE(ranges[0].end(), 144 * kib);
  EXPECT_EQ(ranges[1].end(), 1050 * kib);
}

TEST(EarlierMatch, OffersTheLastOfEqualPagesOnce) {
  const Bytes known = random_bytes(64 * kib, 6);
  const Bytes target = joined({known, random_bytes(64 * kib, 7), known, random_bytes(512 * kib, 8), known});
  EXPECT_EQ(match_at(target, 704 * kib, 64 * kib),
            (std::vector<ByteRange>{{128 * kib, 64 * kib}, {448 * kib, near_size}}));
}

TEST(EarlierMatch, DoesNotLookFarForWhatIsNear) {
  const Bytes known = random_bytes(64 * kib, 9);
  const Bytes target = joined({random_bytes(kib, 11), known, random_bytes(512 * kib, 10), known, known});
  EXPECT_EQ(match_at(target, 641 * kib, 64 * kib).size(), 1u);
}

TEST(EarlierMatch, KeepsTheRulesOfTargetRangesOnAnyContent) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    SeededRandom random(seed);
    Bytes target = wordy_bytes(400'000, seed);
    while (target.size() < 3'000'000) {
      const std::size_t at = random.below(target.size() - 70'000);
      target = joined({target, slice(target, at, at + random.below(70'000)), random_bytes(3'000, seed)});
    }
    const BaseIndex index = *BaseIndex::build(MemorySource(target), 0, nullptr);
    for (std::uint64_t offset = 12'345; offset + 60'000 < target.size(); offset += 61'111) {
      std::uint64_t total = 0, end = 0;
      const auto ranges = match_earlier(ByteView(target).subspan(offset, 60'000), offset, index);
      for (const ByteRange& range : ranges) {
        EXPECT_GE(range.offset, end);
        EXPECT_GT(range.length, 0u);
        end = range.end();
        total += range.length;
        if (end == offset) continue;
        EXPECT_EQ(range.offset % target_range_unit, 0u);
        EXPECT_EQ(range.length % target_range_unit, 0u);
      }
      EXPECT_EQ(end, offset);
      EXPECT_LE(ranges.size(), target_range_count_max + 1);
      EXPECT_LE(total, target_ranges_size_max);
    }
  }
}

}  // namespace
}  // namespace dunlin
