// Images between slots: whole swarms on loopback whose contents live in stores of the caller, one of them
// served out of a slot, the other filled.
#include "swarm/checked_block_store.h"
#include "tests/swarm/swarm_lab.h"

namespace dunlin {
namespace {

// A slot in memory.
class MemoryStore final : public BlockStore {
 public:
  explicit MemoryStore(Bytes bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<void> read(std::uint64_t offset, ByteSpan out) override {
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
    return {};
  }
  Result<void> write(std::uint64_t offset, ByteView bytes) override {
    std::copy(bytes.begin(), bytes.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(offset));
    return {};
  }
  Result<void> sync() override { return {}; }
  const Bytes& bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

Task<> ask_offers(Swarm& swarm, std::optional<std::vector<LanOffer>>& out) {
  auto heard = co_await swarm.offers();
  out = std::move(heard);
}

struct ImageTorrent : testing::Test {
  ImageTorrent() {
    for (auto& device : site.devices) device->start();
  }

  PieceSet all_but(std::vector<std::uint32_t> missing) const {
    PieceSet have(torrent->piece_count());
    for (std::uint32_t i = 0; i < have.size(); ++i) have.insert(i);
    for (const std::uint32_t piece : missing) have.erase(piece);
    return have;
  }

  TransferSpec spec(std::shared_ptr<BlockStore> store, PieceSet have) const {
    TransferSpec spec;
    spec.name = "image";
    spec.torrent = torrent_bytes;
    spec.content = sha256(content);
    spec.store = std::move(store);
    spec.have = std::move(have);
    spec.lan_only = true;
    return spec;
  }

  // Out of the slot of `device`, as it is on its disk.
  void serve(LabDevice& device, const PieceSet& have) {
    std::unique_ptr<File> slot = device.disk.open("/slot", OpenMode::read).value();
    TransferSpec wanted = spec(std::make_shared<CheckedBlockStore>(std::move(slot), torrent, clock), have);
    wanted.wanted = std::vector<ByteRange>();
    device.id = device.swarm->add(std::move(wanted)).value();
  }

  void fill(LabDevice& device, PieceSet have) {
    device.id = device.swarm->add(spec(filled, std::move(have))).value();
  }

  Bytes content = random_content(2 * 1024 * 1024 + 99, 3);
  Bytes torrent_bytes = torrent_of(content, "x.image");
  std::shared_ptr<const TorrentFile> torrent =
      std::make_shared<const TorrentFile>(parse_torrent(torrent_bytes).value());
  SystemClock clock;
  LabSite site{2};
  std::shared_ptr<MemoryStore> filled = std::make_shared<MemoryStore>(Bytes(content.size()));
};

TEST_F(ImageTorrent, FillsASlotFromTheSlotOfANeighbour) {
  site[0].disk.put("/slot", content);
  serve(site[0], all_but({}));
  fill(site[1], {});

  ASSERT_TRUE(site.run_until([&] { return site[1].status().done; }));

  EXPECT_EQ(filled->bytes(), content);
  EXPECT_EQ(site[1].status().bytes.lan, content.size());
  EXPECT_EQ(site[1].status().bytes.wan, 0u);
}

TEST_F(ImageTorrent, FetchesOnlyThePiecesThatAreNotThere) {
  site[0].disk.put("/slot", content);
  serve(site[0], all_but({}));
  ASSERT_TRUE(filled->write(0, content));
  ASSERT_TRUE(filled->write(5 * 65'536, Bytes(65'536)));
  fill(site[1], all_but({5}));

  ASSERT_TRUE(site.run_until([&] { return site[1].status().done; }));

  EXPECT_EQ(filled->bytes(), content);
  EXPECT_EQ(site[1].status().bytes.lan, 65'536u);
}

TEST_F(ImageTorrent, APieceThatChangedInTheSlotNeverLeavesAndBansNobody) {
  Bytes slot = content;
  slot[9 * 65'536] ^= 1;
  site[0].disk.put("/slot", slot);
  serve(site[0], all_but({}));
  fill(site[1], {});
  ASSERT_TRUE(site.run_until([&] { return site[0].status().failure.has_value(); }));
  EXPECT_EQ(site[0].status().failure->kind, ErrorKind::bad_image);

  site[0].swarm->remove(site[0].id, false);
  serve(site[0], all_but({9}));

  ASSERT_TRUE(site.run_until([&] { return site[1].status().missing == 65'536; }));
  EXPECT_FALSE(site[1].heard("peer_banned", ""));
  EXPECT_EQ(site[1].status().bytes.wasted, 0u);
}

TEST_F(ImageTorrent, NeighboursHearWhoHasAnImageByItsDigest) {
  site[0].disk.put("/slot", content);
  serve(site[0], all_but({}));
  std::optional<std::vector<LanOffer>> offers;
  spawn(site.loop.io(), ask_offers(*site[1].swarm, offers));

  ASSERT_TRUE(site.run_until([&] { return offers.has_value(); }));

  EXPECT_EQ(*offers, (std::vector<LanOffer>{{content_key(sha256(content)), content.size(), "dev-1"}}));
}

}  // namespace
}  // namespace dunlin
