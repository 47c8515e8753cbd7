#include "core/match/suffix_index.h"

#include "core/match/suffix_cache.h"
#include "tests/fakes/fake_disk.h"
#include "tests/fakes/made_bytes.h"

namespace dunlin {
namespace {

SuffixIndex index_of(ByteView text) {
  Result<SuffixIndex::Suffixes> suffixes = SuffixIndex::sort(text);
  EXPECT_TRUE(suffixes.has_value());
  Result<SuffixIndex> index = SuffixIndex::make(text, std::move(*suffixes));
  EXPECT_TRUE(index.has_value());
  return std::move(*index);
}

std::size_t longest_by_hand(ByteView text, ByteView pattern) {
  std::size_t longest = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::size_t equal = 0;
    while (i + equal < text.size() && equal < pattern.size() && text[i + equal] == pattern[equal]) ++equal;
    longest = std::max(longest, equal);
  }
  return longest < SuffixIndex::match_length_min ? 0 : longest;
}

TEST(SuffixIndex, FindsALongestMatchInEverySmallText) {
  SeededRandom random(1);
  for (int round = 0; round < 40; ++round) {
    Bytes text(random.below(30));
    for (std::uint8_t& byte : text)
      byte = random.below(2) == 0 ? 0 : static_cast<std::uint8_t>(254 + random.below(2));
    const SuffixIndex index = index_of(text);
    for (int ask = 0; ask < 20; ++ask) {
      Bytes pattern(random.below(12));
      for (std::uint8_t& byte : pattern)
        byte = random.below(2) == 0 ? 0 : static_cast<std::uint8_t>(254 + random.below(2));
      const SuffixIndex::Match match = index.longest_match(pattern);
      ASSERT_EQ(match.length, longest_by_hand(text, pattern));
      ASSERT_LE(match.position + match.length, text.size());
      for (std::uint32_t i = 0; i < match.length; ++i) ASSERT_EQ(text[match.position + i], pattern[i]);
    }
  }
}

TEST(SuffixIndex, RefusesSuffixesOutsideTheText) {
  const Bytes text = to_bytes("banana");
  EXPECT_TRUE(SuffixIndex::make(text, {5, 3, 1, 0, 4, 2}));
  EXPECT_FALSE(SuffixIndex::make(text, {5, 3, 1, 0, 4, 6}));
  EXPECT_FALSE(SuffixIndex::make(text, {5, 3, 1, 0, 4, -1}));
}

class SuffixCache : public ::testing::Test {
 protected:
  std::string only_file() {
    Result<std::vector<std::string>> names = disk.list("/cache");
    EXPECT_EQ(names->size(), 1u);
    return "/cache/" + names->front();
  }
  SuffixIndex::Suffixes ask() { return cached_suffix_index(text, disk, "/cache")->suffixes(); }

  Bytes text = wordy_bytes(5'000, 1);
  SuffixIndex::Suffixes sorted = *SuffixIndex::sort(text);
  FakeDisk disk;
};

TEST_F(SuffixCache, GivesWhatSortingGivesAndKeepsIt) {
  EXPECT_EQ(ask(), sorted);
  const Bytes kept = *read_file(disk, only_file(), 1u << 20);
  EXPECT_EQ(ask(), sorted);
  EXPECT_EQ(*read_file(disk, only_file(), 1u << 20), kept);
}

TEST_F(SuffixCache, ReplacesADamagedOrShortFile) {
  ask();
  const std::string path = only_file();
  const Bytes good = *read_file(disk, path, 1u << 20);
  for (const std::size_t at :
       {std::size_t{3}, std::size_t{9}, std::size_t{30}, good.size() / 2, good.size() - 1}) {
    Bytes damaged = good;
    damaged[at] ^= 4;
    ASSERT_TRUE(write_file_atomically(disk, path, damaged));
    EXPECT_EQ(ask(), sorted);
    EXPECT_EQ(*read_file(disk, path, 1u << 20), good);
    ASSERT_TRUE(write_file_atomically(disk, path, ByteView(good).first(at)));
    EXPECT_EQ(ask(), sorted);
    EXPECT_EQ(*read_file(disk, path, 1u << 20), good);
  }
}

TEST_F(SuffixCache, WorksWithoutAFolderItMayWrite) {
  ASSERT_TRUE(write_file_atomically(disk, "/cache", text));
  EXPECT_EQ(cached_suffix_index(text, disk, "/cache/inside")->suffixes(), sorted);
}

}  // namespace
}  // namespace dunlin
