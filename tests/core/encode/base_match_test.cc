#include "core/encode/base_match.h"

#include "tests/fakes/encoded_images.h"

namespace dunlin {
namespace {

BaseIndex index_of(const Bytes& base) {
  Result<BaseIndex> index = BaseIndex::build(MemorySource(base), 0, nullptr);
  EXPECT_TRUE(index.has_value());
  return std::move(*index);
}

bool covers(const std::vector<BaseRange>& ranges, std::uint64_t begin, std::uint64_t end) {
  return std::ranges::any_of(
      ranges, [&](const BaseRange& r) { return r.offset <= begin && end <= r.offset + r.length; });
}

TEST(BaseIndex, KnowsNothingOfWhatLiesBeforeItsBegin) {
  const Bytes base = random_bytes(300'000, 1);
  Result<BaseIndex> index = BaseIndex::build(MemorySource(base), 150'001, nullptr);
  ASSERT_TRUE(index);
  const std::vector<BaseRange> ranges = match_base(slice(base, 100'000, 250'000), 100'000, *index);
  ASSERT_FALSE(ranges.empty());
  EXPECT_GE(ranges[0].offset, 150'001u);
  EXPECT_TRUE(covers(ranges, 160'000, 250'000));
}

TEST(BaseIndex, FindsFingerprintsWhereverTheSameBytesLie) {
  const Bytes base = random_bytes(200'000, 2);
  const BaseIndex index = index_of(base);
  FingerprintSampler sampler(index.rate_log());
  std::vector<Fingerprint> samples;
  sampler.add(slice(base, 50'001, 100'000), 0, samples);
  ASSERT_GT(samples.size(), 50u);
  std::size_t found = 0;
  for (const Fingerprint& sample : samples)
    for (const Fingerprint& place : index.find(sample.key)) found += place.offset == sample.offset + 50'001;
  EXPECT_GE(found + 2, samples.size());
}

TEST(BaseIndex, SaysNothingAboutContentThatIsEverywhere) {
  Bytes base;
  for (int i = 0; i < 40; ++i) base = joined({base, random_bytes(5'000, 3)});
  const BaseIndex index = index_of(base);
  FingerprintSampler sampler(index.rate_log());
  std::vector<Fingerprint> samples;
  sampler.add(slice(base, 0, 5'000), 0, samples);
  ASSERT_FALSE(samples.empty());
  for (const Fingerprint& sample : samples) EXPECT_TRUE(index.find(sample.key).empty());
}

TEST(BaseIndex, TakesNoFingerprintsOfConstantRuns) {
  for (const int value : {0, 1, 0xAA, 0xFF}) {
    std::vector<Fingerprint> samples;
    FingerprintSampler(8).add(Bytes(1u << 20, static_cast<std::uint8_t>(value)), 0, samples);
    EXPECT_LE(samples.size(), 2u) << value;
  }
}

TEST(BaseIndex, StopsWhenCancelled) {
  const std::atomic<bool> cancel = true;
  EXPECT_EQ(BaseIndex::build(MemorySource(Bytes(10)), 0, &cancel).error().kind, ErrorKind::cancelled);
}

TEST(BaseMatch, AlwaysOffersTheSameOffset) {
  const Bytes base = random_bytes(9u << 20, 4);
  const std::vector<BaseRange> ranges = match_base(random_bytes(100'000, 5), 300'000, index_of(base));
  EXPECT_TRUE(covers(ranges, 300'000, 400'000));
}

TEST(BaseMatch, OffersAllOfABaseThatFits) {
  const Bytes base = random_bytes(100'000, 6);
  const std::vector<BaseRange> ranges = match_base(random_bytes(1'000, 7), 1u << 20, index_of(base));
  ASSERT_EQ(ranges.size(), 1u);
  EXPECT_EQ(ranges[0].length, base.size());
  EXPECT_TRUE(match_base(random_bytes(1'000, 7), 0, index_of({})).empty());
}

TEST(BaseMatch, OffersNothingBeyondTheEndOfTheBase) {
  const Bytes base = random_bytes((9u << 20) + 100'000, 6);
  EXPECT_TRUE(match_base(random_bytes(1'000, 7), 16u << 20, index_of(base)).empty());
  const std::vector<BaseRange> ranges =
      match_base(random_bytes(50'000, 7), (9u << 20) + 80'000, index_of(base));
  ASSERT_EQ(ranges.size(), 1u);
  EXPECT_EQ(ranges[0].offset + ranges[0].length, base.size());
}

TEST(BaseMatch, FindsMovedContent) {
  const Bytes base = random_bytes(9u << 20, 8);
  const Bytes segment = joined({random_bytes(200'000, 9), slice(base, 1'500'001, 1'700'000)});
  const std::vector<BaseRange> ranges = match_base(segment, 0, index_of(base));
  EXPECT_TRUE(covers(ranges, 1'500'001, 1'700'000));
}

TEST(BaseMatch, StaysWithinTheLimitsOfASegment) {
  // Every page of the base is asked for.
  const Bytes base = random_bytes(12u << 20, 11);
  Bytes segment;
  for (std::size_t at = 0; at + 12'000 <= base.size(); at += 36'000) {
    segment.insert(segment.end(), base.begin() + static_cast<std::ptrdiff_t>(at),
                   base.begin() + static_cast<std::ptrdiff_t>(at + 12'000));
  }
  segment.resize(segment_size_max);
  const std::vector<BaseRange> ranges = match_base(segment, 0, index_of(base));
  std::uint64_t total = 0;
  std::uint64_t end = 0;
  for (const BaseRange& range : ranges) {
    EXPECT_TRUE(range.offset > end || end == 0);
    end = range.offset + range.length;
    total += range.length;
  }
  EXPECT_LE(end, base.size());
  EXPECT_EQ(total, base_ranges_size_max);
  EXPECT_LE(ranges.size(), base_range_count_max);
}

}  // namespace
}  // namespace dunlin
