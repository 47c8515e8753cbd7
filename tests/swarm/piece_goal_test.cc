#include "swarm/piece_goal.h"

#include "core/base/random.h"
#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

using Ranges = std::vector<ByteRange>;

constexpr std::uint32_t piece_size = 16'384;
constexpr std::uint32_t last_length = 100;

// Pieces of 16 KiB and a last one of 100 bytes.
PieceGoal goal_of(std::uint32_t pieces) {
  auto torrent = std::make_shared<TorrentFile>();
  torrent->piece_size = piece_size;
  torrent->size = std::uint64_t{pieces - 1} * piece_size + last_length;
  torrent->piece_layer.resize(pieces);
  return PieceGoal(torrent);
}

TEST(PieceGoal, WantsEverythingAtFirst) {
  PieceGoal goal = goal_of(3);

  EXPECT_EQ(goal.wanted_bytes(), 2 * piece_size + last_length);
  EXPECT_FALSE(goal.is_reached());
  EXPECT_EQ(goal.reach(), 0u);
}

TEST(PieceGoal, WantsEveryPieceThatHoldsAWantedByte) {
  PieceGoal goal = goal_of(6);

  goal.want(Ranges{{piece_size - 1, 2}, {4 * piece_size, 1}, {9 * piece_size, 7}, {3 * piece_size, 0}});

  for (std::uint32_t piece = 0; piece < 6; ++piece)
    EXPECT_EQ(goal.wants(piece), piece == 0 || piece == 1 || piece == 4) << piece;
  EXPECT_EQ(goal.wanted_bytes(), 3 * piece_size);
}

TEST(PieceGoal, ReachesOverPiecesThatAreNotWanted) {
  PieceGoal goal = goal_of(5);
  goal.want(Ranges{{0, 1}, {3 * piece_size, 1}});

  EXPECT_EQ(goal.reach(), 0u);
  goal.add(0);
  EXPECT_EQ(goal.reach(), 3 * piece_size);
  goal.add(3);
  EXPECT_EQ(goal.reach(), 4 * piece_size + last_length);
  EXPECT_TRUE(goal.is_reached());
}

TEST(PieceGoal, IsReachedWhenNothingIsWanted) {
  PieceGoal goal = goal_of(4);

  goal.want(Ranges());

  EXPECT_TRUE(goal.is_reached());
  EXPECT_EQ(goal.wanted_bytes(), 0u);
}

TEST(PieceGoal, KeepsWhatIsHereWhenItWantsOtherPieces) {
  PieceGoal goal = goal_of(4);
  ASSERT_TRUE(goal.add(1));
  goal.want(Ranges{{0, 1}});
  ASSERT_TRUE(goal.add(0));

  goal.want(std::nullopt);

  EXPECT_EQ(goal.reach(), 2 * piece_size);
  EXPECT_EQ(goal.missing_bytes(), piece_size + last_length);
  EXPECT_EQ(goal.verified_bytes(), 2 * piece_size);
}

// Random wishes and arrivals beside a plain count.
TEST(PieceGoal, CountsRightWhateverIsWantedAndArrives) {
  constexpr std::uint32_t pieces = 12;
  SeededRandom random(3);
  const auto length_of = [](std::uint32_t piece) { return piece + 1 == pieces ? last_length : piece_size; };
  for (int round = 0; round < 300; ++round) {
    PieceGoal goal = goal_of(pieces);
    for (int step = 0; step < 12; ++step) {
      if (random.below(4) == 0)
        goal.want(Ranges{{random.below(pieces) * piece_size, random.below(3 * piece_size)}});
      else
        goal.add(static_cast<std::uint32_t>(random.below(pieces)));
      std::uint64_t missing = 0;
      std::uint64_t verified = 0;
      std::uint64_t reach = 0;
      for (std::uint32_t piece = 0; piece < pieces; ++piece) {
        const bool lacks = goal.wants(piece) && !goal.have().has(piece);
        missing += lacks ? length_of(piece) : 0;
        verified += goal.have().has(piece) ? length_of(piece) : 0;
        reach += missing == 0 ? length_of(piece) : 0;
      }
      ASSERT_EQ(goal.missing_bytes(), missing);
      ASSERT_EQ(goal.verified_bytes(), verified);
      ASSERT_EQ(goal.reach(), reach);
    }
  }
}

}  // namespace
}  // namespace dunlin
