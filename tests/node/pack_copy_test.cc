#include "node/pack_copy.h"

#include "tests/fakes/fake_disk.h"
#include "tests/fakes/made_bytes.h"
#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

constexpr std::uint64_t front = 1'000;  // bytes of the source in front of the pack

struct PackCopyTest : testing::Test {
  PackCopyTest() {
    EXPECT_TRUE(disk.create_directories("/data/swarm"));
    EXPECT_TRUE(disk.create_directories("/data/packs"));
    disk.sync_all();
  }

  PackCopy copier(const ByteSource& source) {
    return PackCopy(torrent,
                    *FileBlockStore::open(disk, path, pack.size(), FileBlockStore::Access::read_write),
                    source, front, CheckpointStore(disk, "/data/swarm"));
  }
  MemorySource source_of(const Bytes& content) { return MemorySource(joined({Bytes(front), content})); }
  Result<void> run(PackCopy& copy) {
    Result<void> done = copy.begin();
    while (done && !copy.is_done()) done = copy.advance();
    if (!done) return done;
    return copy.checkpoint();
  }

  FakeDisk disk;
  const std::string path = "/data/packs/x.pack";
  const Bytes pack = random_bytes(20 * 64 * 1024 + 17, 3);
  const std::shared_ptr<const TorrentFile> torrent =
      std::make_shared<const TorrentFile>(parse_torrent(*make_torrent(MemorySource(pack), "x", {})).value());
};

TEST_F(PackCopyTest, CopiesAPackThatATransferBelieves) {
  const MemorySource source = source_of(pack);
  PackCopy copy = copier(source);

  ASSERT_TRUE(run(copy));

  EXPECT_EQ(disk.get(path), pack);
  EXPECT_EQ(copy.copied_bytes(), pack.size());
  EXPECT_TRUE(CheckpointStore(disk, "/data/swarm").load(*torrent)->is_full());
}

TEST_F(PackCopyTest, ReadsNothingThatIsThereAlready) {
  disk.put(path, Bytes(pack.begin(), pack.begin() + 70'000));
  const MemorySource source = source_of(pack);
  PackCopy copy = copier(source);

  ASSERT_TRUE(run(copy));

  EXPECT_EQ(copy.copied_bytes(), pack.size() - torrent->piece_length(0));
  EXPECT_EQ(copy.present_bytes(), pack.size());
  EXPECT_EQ(disk.get(path), pack);
}

TEST_F(PackCopyTest, KeepsNoWrongPieceAndWhatCameBeforeIt) {
  Bytes wrong = pack;
  wrong[3 * std::size_t{torrent->piece_size} + 5] ^= 1;
  const MemorySource source = source_of(wrong);
  PackCopy copy = copier(source);

  const Result<void> done = run(copy);

  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::bad_image);
  EXPECT_THAT(done.error().message, testing::HasSubstr("the bundle is damaged at byte"));
  EXPECT_EQ(copy.copied_bytes(), 3u * torrent->piece_size);
  ASSERT_TRUE(copy.checkpoint());
  const MemorySource good = source_of(pack);
  PackCopy again = copier(good);
  ASSERT_TRUE(run(again));
  EXPECT_EQ(again.copied_bytes(), pack.size() - 3u * torrent->piece_size);
  EXPECT_EQ(disk.get(path), pack);
}

TEST_F(PackCopyTest, GoesOnAfterAPowerCutAtAnyWrite) {
  const MemorySource source = source_of(pack);
  const int before = disk.changes();
  {
    PackCopy copy = copier(source);
    ASSERT_TRUE(run(copy));
  }
  const int changes = disk.changes() - before;
  for (int cut = 1; cut <= changes; ++cut) {
    for (const Unsynced unsynced : {Unsynced::lost, Unsynced::torn}) {
      ASSERT_TRUE(disk.remove(path));
      ASSERT_TRUE(CheckpointStore(disk, "/data/swarm").remove(*torrent));
      disk.sync_all();
      disk.cut_power_at(cut);
      Result<std::unique_ptr<FileBlockStore>> store =
          FileBlockStore::open(disk, path, pack.size(), FileBlockStore::Access::read_write);
      if (store) {
        PackCopy cut_copy(torrent, std::move(*store), source, front, CheckpointStore(disk, "/data/swarm"));
        EXPECT_FALSE(run(cut_copy));
      }
      disk.restart(unsynced, static_cast<std::uint64_t>(cut));

      PackCopy copy = copier(source);
      ASSERT_TRUE(run(copy)) << cut;

      EXPECT_EQ(disk.get(path), pack) << cut;
    }
  }
}

}  // namespace
}  // namespace dunlin
