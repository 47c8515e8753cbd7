#include "node/image_fill.h"

#include "tests/fakes/fake_disk.h"
#include "tests/fakes/made_bytes.h"
#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

constexpr std::size_t piece = 64 * 1024;

// An image of seven pieces, the fifth of them zeros, the last one short.
Bytes made_image() {
  Bytes image = random_bytes(6 * piece + 1'000, 1);
  std::fill_n(image.begin() + 4 * piece, piece, std::uint8_t{0});
  return image;
}

struct ImageFillTest : testing::Test {
  // Runs a whole search; the spare slot is a larger device.
  ImageFill& run(const Bytes& spare, const std::optional<Bytes>& booted) {
    Bytes device = spare;
    device.resize(10 * piece, 0xEE);
    disk.put("/spare", device);
    if (booted) disk.put("/booted", *booted);
    store = std::make_shared<SlotBlockStore>(disk.open("/spare", OpenMode::read_write).value(), image.size());
    fill.emplace(torrent, store,
                 booted ? disk.open("/booted", OpenMode::read).value() : std::unique_ptr<File>());
    while (!fill->is_done()) EXPECT_TRUE(fill->advance());
    return *fill;
  }

  std::vector<std::uint32_t> found() const {
    std::vector<std::uint32_t> pieces;
    for (std::uint32_t i = 0; i < fill->have().size(); ++i) {
      if (fill->have().has(i)) pieces.push_back(i);
    }
    return pieces;
  }

  Bytes spare() { return slice(disk.get("/spare").value(), 0, image.size()); }

  const Bytes image = made_image();
  const std::shared_ptr<const TorrentFile> torrent = std::make_shared<const TorrentFile>(
      parse_torrent(make_torrent(MemorySource(image), "x.image", {}).value()).value());
  FakeDisk disk;
  std::shared_ptr<SlotBlockStore> store;
  std::optional<ImageFill> fill;
};

using Pieces = std::vector<std::uint32_t>;

TEST_F(ImageFillTest, WritesOnlyZerosWhenNothingIsHere) {
  run(random_bytes(8 * piece, 5), random_bytes(8 * piece, 6));

  EXPECT_EQ(found(), Pieces{4});
  EXPECT_EQ(slice(spare(), 4 * piece, 5 * piece), Bytes(piece));
  EXPECT_EQ(fill->lent_bytes(), piece);
  EXPECT_EQ(fill->searched_bytes(), image.size());
}

TEST_F(ImageFillTest, LeavesWhatTheSpareSlotHoldsAlready) {
  run(image, std::nullopt);

  EXPECT_EQ(found(), (Pieces{0, 1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(store->written_bytes(), 0u);
  EXPECT_EQ(fill->lent_bytes(), 0u);
}

TEST_F(ImageFillTest, CopiesPiecesThatTheBootedSlotHasAtTheirPlace) {
  Bytes older = image;
  older[3 * piece + 5] ^= 1;
  Bytes half = random_bytes(image.size(), 5);
  std::copy_n(image.begin(), 2 * piece, half.begin());

  run(half, older);

  EXPECT_EQ(found(), (Pieces{0, 1, 2, 4, 5, 6}));
  EXPECT_EQ(slice(spare(), 0, 3 * piece), slice(image, 0, 3 * piece));
  EXPECT_EQ(slice(spare(), 4 * piece, image.size()), slice(image, 4 * piece, image.size()));
  EXPECT_EQ(fill->lent_bytes(), 3 * piece + 1'000);
}

TEST_F(ImageFillTest, ABootedSlotThatEndsEarlyLendsWhatItHas) {
  run({}, slice(image, 0, 2 * piece + 7));

  EXPECT_EQ(found(), (Pieces{0, 1, 4}));
}

TEST_F(ImageFillTest, FindsEverythingAgainAfterItWasKilledAnywhere) {
  run(random_bytes(image.size(), 5), image);
  const Bytes after = spare();

  run(after, std::nullopt);

  EXPECT_EQ(found(), (Pieces{0, 1, 2, 3, 4, 5, 6}));
}

}  // namespace
}  // namespace dunlin
