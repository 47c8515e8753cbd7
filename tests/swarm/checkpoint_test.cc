#include "swarm/checkpoint.h"

#include "core/base/check.h"
#include "swarm/file_block_store.h"
#include "swarm/resume_check.h"
#include "tests/fakes/fake_disk.h"

namespace dunlin {
namespace {

struct CheckpointTest : testing::Test {
  CheckpointTest() : have(torrent.piece_count()) {
    CHECK(disk.create_directories("/data").has_value());
    disk.sync_all();
    have.insert(0);
    have.insert(2);
  }

  static Bytes make_content() {
    Bytes bytes(5 * 65'536 + 100);
    SeededRandom(1).fill(bytes);
    return bytes;
  }

  TorrentFile make_torrent_file() const {
    Result<Bytes> bytes = make_torrent(MemorySource(content), "x", {});
    CHECK(bytes.has_value());
    Result<TorrentFile> parsed = parse_torrent(*bytes);
    CHECK(parsed.has_value());
    return *parsed;
  }

  ResumeOutcome look(const std::optional<PieceSet>& checkpoint) {
    auto file = FileBlockStore::open(disk, "/data/x", content.size(), FileBlockStore::Access::read_write);
    CHECK(file.has_value());
    Result<ResumeOutcome> out = find_verified_pieces(torrent, **file, (*file)->found(), checkpoint);
    CHECK(out.has_value());
    return *out;
  }

  FakeDisk disk;
  Bytes content = make_content();
  TorrentFile torrent = make_torrent_file();
  CheckpointStore store{disk, "/data"};
  PieceSet have;
};

TEST_F(CheckpointTest, ReadsBackWhatWasWritten) {
  ASSERT_TRUE(store.save(torrent, have));

  EXPECT_EQ(store.load(torrent), have);
}

TEST_F(CheckpointTest, IsDroppedWithAnyBitFlipped) {
  const Bytes original = encode_checkpoint(Checkpoint{torrent.info_hash, torrent.size, have});

  for (std::size_t bit = 0; bit < original.size() * 8; ++bit) {
    Bytes flipped = original;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1u << (bit % 8)));
    EXPECT_FALSE(parse_checkpoint(flipped)) << bit;
  }
}

TEST_F(CheckpointTest, IsDroppedWhenCutAnywhere) {
  const Bytes original = encode_checkpoint(Checkpoint{torrent.info_hash, torrent.size, have});

  for (std::size_t size = 0; size < original.size(); ++size)
    EXPECT_FALSE(parse_checkpoint(ByteView(original).first(size))) << size;
}

TEST_F(CheckpointTest, OfAnotherTorrentIsDropped) {
  TorrentFile other = torrent;
  other.info_hash.bytes[0] ^= 1;
  ASSERT_TRUE(store.save(torrent, have));
  const std::optional<std::string> bytes = disk.get_text("/data/" + torrent.info_hash.hex() + ".checkpoint");
  ASSERT_TRUE(bytes.has_value());
  disk.put("/data/" + other.info_hash.hex() + ".checkpoint", *bytes);

  EXPECT_EQ(store.load(other), std::nullopt);
}

TEST_F(CheckpointTest, ResumeBelievesTheCheckpointAndHashesOnlyTheRest) {
  disk.put("/data/x", ByteView(content));

  const ResumeOutcome outcome = look(have);

  EXPECT_TRUE(outcome.have.is_full());
  EXPECT_EQ(outcome.hashed, torrent.piece_count() - 2);
}

TEST_F(CheckpointTest, ResumeKeepsRightPiecesAndDropsWrongOnes) {
  Bytes damaged = content;
  damaged[65'536 * 3 + 5] ^= 1;
  disk.put("/data/x", ByteView(damaged));

  const ResumeOutcome outcome = look(std::nullopt);

  EXPECT_EQ(outcome.have.count(), torrent.piece_count() - 1);
  EXPECT_FALSE(outcome.have.has(3));
}

TEST_F(CheckpointTest, ResumeDropsACheckpointThatNamesMoreThanTheFileHolds) {
  Bytes start(content.begin(), content.begin() + 65'536 * 2);
  start[10] ^= 1;
  disk.put("/data/x", ByteView(start));

  const ResumeOutcome outcome = look(have);

  EXPECT_FALSE(outcome.have.has(0)) << "the checkpoint was of another file";
  EXPECT_TRUE(outcome.have.has(1));
  EXPECT_EQ(outcome.have.count(), 1u);
}

TEST_F(CheckpointTest, AFileWithoutRoomIsRefusedBeforeTheFirstByte) {
  disk.set_capacity(1'000);

  const auto opened =
      FileBlockStore::open(disk, "/data/x", content.size(), FileBlockStore::Access::read_write);

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::device);
  EXPECT_NE(opened.error().message.find("make room"), std::string::npos);
}

}  // namespace
}  // namespace dunlin
