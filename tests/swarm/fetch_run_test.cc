#include "swarm/fetch_run.h"

namespace dunlin {
namespace {

PieceSet set_of(std::uint32_t bits, std::uint32_t size) {
  PieceSet set(size);
  for (std::uint32_t i = 0; i < size; ++i) {
    if ((bits >> i) & 1) set.insert(i);
  }
  return set;
}

// All states of five pieces.
TEST(FetchRun, NeverNamesAPieceThatIsHereOrAskedFor) {
  constexpr std::uint32_t size = 5;
  const PieceSet every = set_of(31, size);
  for (std::uint32_t have = 0; have < 32; ++have) {
    for (std::uint32_t taken = 0; taken < 32; ++taken) {
      for (std::uint32_t nearby = 0; nearby < 32; ++nearby) {
        std::vector<int> on_lan;
        for (std::uint32_t i = 0; i < size; ++i) on_lan.push_back(static_cast<int>((nearby >> i) & 1));
        const std::uint32_t unwanted = have | taken | nearby;

        const auto run = next_fetch_run({set_of(have, size), every, set_of(taken, size), on_lan}, 3);

        ASSERT_EQ(run.has_value(), unwanted != 31);
        if (!run) continue;
        EXPECT_LE(run->count, 3u);
        for (std::uint32_t i = 0; i < run->first; ++i) EXPECT_TRUE((unwanted >> i) & 1) << "not the first";
        for (std::uint32_t i = 0; i < run->count; ++i) EXPECT_FALSE((unwanted >> (run->first + i)) & 1);
      }
    }
  }
}

TEST(FetchRun, SkipsWhatIsNotWanted) {
  const PieceSet none(6);
  const PieceSet wanted = set_of(0b110010, 6);

  const auto first = next_fetch_run({none, wanted, none, {}}, 4);
  const auto second = next_fetch_run({set_of(0b10, 6), wanted, none, {}}, 4);
  const auto third = next_fetch_run({set_of(0b10, 6), wanted, wanted, {}}, 4);

  EXPECT_EQ(first, (FetchRun{1, 1}));
  EXPECT_EQ(second, (FetchRun{4, 2}));
  EXPECT_FALSE(third);
}

TEST(FetchRun, AsksForAboutFourSecondsOfTheLink) {
  EXPECT_EQ(pieces_per_request(7'000, 65'536), 1u);
  EXPECT_EQ(pieces_per_request(250'000, 65'536), 15u);
  EXPECT_EQ(pieces_per_request(~std::uint64_t{0}, 65'536), 64u);
  EXPECT_EQ(pieces_per_request(1u << 30, 1u << 20), 4u);
  EXPECT_EQ(pieces_per_request(0, 1u << 20), 1u);
  EXPECT_EQ(pieces_per_request(0, 1u << 24), 1u);
}

TEST(PieceSet, KnowsHowFarItReachesFromTheStart) {
  PieceSet set(4);
  set.insert(0);
  set.insert(2);
  EXPECT_EQ(set.contiguous(), 1u);
  set.insert(1);
  EXPECT_EQ(set.contiguous(), 3u);
  EXPECT_FALSE(set.insert(1));
  EXPECT_TRUE(set.erase(1));
  EXPECT_EQ(set.contiguous(), 1u);
  EXPECT_EQ(set.count(), 2u);
}

}  // namespace
}  // namespace dunlin
