#include "swarm/piece_stream.h"

#include "tests/swarm/swarm_lab.h"

namespace dunlin {
namespace {

// Three pieces and a shorter one.
struct PieceStreamTest : testing::Test {
  Bytes content = random_content(3 * 65'536 + 100, 3);
  std::shared_ptr<const TorrentFile> torrent =
      std::make_shared<const TorrentFile>(parse_torrent(torrent_of(content)).value());

  ByteView piece(std::uint32_t index) const {
    return ByteView(content).subspan(index * 65'536, torrent->piece_length(index));
  }

  // Feeds `bytes` in portions of `portion`; what came out whole.
  static std::vector<WholePiece> feed(PieceStream& stream, ByteView bytes, std::size_t portion) {
    std::vector<WholePiece> whole;
    while (!bytes.empty()) {
      ByteView now = bytes.first(std::min(portion, bytes.size()));
      bytes = bytes.subspan(now.size());
      while (!now.empty()) {
        now = now.subspan(stream.take(now));
        if (auto done = stream.pop()) whole.push_back(std::move(*done));
      }
    }
    return whole;
  }
};

TEST_F(PieceStreamTest, GivesTheSamePiecesWhateverThePortions) {
  for (const std::size_t portion : {std::size_t{1'000}, std::size_t{65'535}, std::size_t{65'536},
                                    std::size_t{65'537}, std::size_t{1'000'000}}) {
    PieceStream stream(torrent, {1, 3}, {});

    const auto whole = feed(stream, ByteView(content).subspan(65'536), portion);

    ASSERT_EQ(whole.size(), 3u);
    for (const WholePiece& each : whole) {
      EXPECT_TRUE(std::equal(each.bytes.begin(), each.bytes.end(), piece(each.piece).begin(),
                             piece(each.piece).end()));
    }
    EXPECT_TRUE(stream.is_done());
    EXPECT_EQ(stream.remaining(), 0u);
  }
}

TEST_F(PieceStreamTest, GoesOnWhereTheBytesEnded) {
  PieceStream cut(torrent, {0, 4}, {});
  feed(cut, ByteView(content).first(65'536 + 7), 4'096);
  ASSERT_EQ(cut.left(), (FetchRun{1, 3}));
  EXPECT_EQ(cut.offset(), 65'536u + 7);

  PieceStream next(torrent, cut.left(), cut.take_partial());

  EXPECT_EQ(next.offset(), 65'536u + 7);
  EXPECT_EQ(next.offset() + next.remaining(), content.size());
  const auto whole = feed(next, ByteView(content).subspan(next.offset()), 4'096);
  ASSERT_EQ(whole.size(), 3u);
  EXPECT_TRUE(std::equal(whole[0].bytes.begin(), whole[0].bytes.end(), piece(1).begin()));
}

TEST_F(PieceStreamTest, TakesNothingPastItsRun) {
  PieceStream stream(torrent, {0, 1}, {});
  feed(stream, piece(0), 65'536);

  EXPECT_EQ(stream.take(piece(1)), 0u);
}

}  // namespace
}  // namespace dunlin
