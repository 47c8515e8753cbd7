#include "swarm/checked_block_store.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_disk.h"
#include "tests/fakes/made_bytes.h"

namespace dunlin {
namespace {

struct CheckedBlockStoreTest : testing::Test {
  CheckedBlockStoreTest() {
    Bytes slot = content;
    slot.resize(content.size() + 10'000, 0xEE);  // a slot is larger than its image
    disk.put("/slot", slot);
    store.emplace(disk.open("/slot", OpenMode::read).value(), torrent, clock);
  }

  void flip(std::size_t offset) {
    Bytes slot = disk.get("/slot").value();
    slot[offset] ^= 1;
    disk.put("/slot", slot);
  }

  Result<Bytes> read(std::uint64_t offset, std::size_t size) {
    Bytes out(size);
    Result<void> done = store->read(offset, out);
    if (!done) return fail(std::move(done.error()));
    return out;
  }

  static constexpr std::size_t piece = 64 * 1024;
  const Bytes content = random_bytes(3 * piece + 500, 1);
  const std::shared_ptr<const TorrentFile> torrent = std::make_shared<const TorrentFile>(
      parse_torrent(make_torrent(MemorySource(content), "x.image", {}).value()).value());
  FakeDisk disk;
  FakeClock clock;
  std::optional<CheckedBlockStore> store;
};

TEST_F(CheckedBlockStoreTest, ReadsTheImageAndNotTheSlot) {
  EXPECT_EQ(store->size(), content.size());

  EXPECT_EQ(read(0, content.size()).value(), content);
  EXPECT_EQ(read(piece - 10, 20).value(), slice(content, piece - 10, piece + 10));
}

TEST_F(CheckedBlockStoreTest, GivesNothingOfAPieceThatDiffers) {
  flip(piece + 7);

  EXPECT_EQ(read(piece + 16'384, 16'384).error().kind, ErrorKind::bad_image);
  EXPECT_EQ(read(piece - 10, 20).error().kind, ErrorKind::bad_image);
  EXPECT_TRUE(read(0, 16'384));
  EXPECT_TRUE(read(2 * piece, 16'384));
}

TEST_F(CheckedBlockStoreTest, LooksAgainAtAPieceAfterAMinute) {
  ASSERT_TRUE(read(0, 16'384));
  flip(20'000);
  clock.advance(CheckedBlockStore::trusted_for + std::chrono::milliseconds(1));

  EXPECT_EQ(read(0, 16'384).error().kind, ErrorKind::bad_image);
}

TEST_F(CheckedBlockStoreTest, NeverWrites) {
  EXPECT_FALSE(store->write(0, content));

  EXPECT_EQ(slice(disk.get("/slot").value(), 0, content.size()), content);
}

}  // namespace
}  // namespace dunlin
