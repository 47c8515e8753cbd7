// A site where nobody hears multicast and nobody is told of neighbours: only the tracker brings them
// together.
#include "swarm/bencode.h"
#include "swarm/http_server.h"
#include "tests/swarm/swarm_lab.h"

namespace dunlin {
namespace {

constexpr std::size_t content_size = 2 * 1024 * 1024 + 777;

// Remembers who announced, and tells them of each other; also of peers that are dead.
class LabTracker {
 public:
  explicit LabTracker(asio::io_context& io)
      : server_(io, [this](ServerRequest request) { return answer(std::move(request)); }) {
    Result<std::uint16_t> listening = server_.listen_tcp("127.0.0.1:0", std::nullopt);
    CHECK(listening.has_value());
    port_ = *listening;
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/announce"; }

  std::set<std::pair<std::string, std::uint16_t>> peers;
  int announces = 0;

 private:
  Task<ServerResponse> answer(ServerRequest request) {
    ++announces;
    ByteWriter compact;
    for (const auto& [address, port] : peers) {
      const auto bytes = asio::ip::make_address_v4(address).to_bytes();
      compact.bytes(ByteView(bytes));
      compact.u8(static_cast<std::uint8_t>(port >> 8));
      compact.u8(static_cast<std::uint8_t>(port & 0xff));
    }
    const std::string text(as_text(compact.written()));
    ServerResponse response;
    response.body = "d8:intervali300e5:peers" + std::to_string(text.size()) + ":" + text + "e";
    if (request.query["site"] == "default")
      peers.emplace(request.query["ip"], static_cast<std::uint16_t>(std::stoul(request.query["port"])));
    co_return response;
  }

  std::uint16_t port_ = 0;
  HttpServer server_;
};

struct TrackedSite : testing::Test {
  Bytes content = random_content(content_size, 13);
  Bytes torrent = torrent_of(content);

  static void use(LabSite& site, const LabTracker& tracker) {
    for (auto& device : site.devices) {
      device->options.peers.clear();
      device->options.tracker_url = tracker.url();
    }
  }
};

TEST_F(TrackedSite, DevicesThatOnlyTheTrackerKnowsHaveOneLeader) {
  LabSite site(4);
  LabSeeder seeder(site.loop, content);
  LabTracker tracker(site.loop.io());
  use(site, tracker);
  for (auto& device : site.devices) {
    device->start();
    ASSERT_TRUE(device->fetch(torrent, seeder.url()));
  }

  ASSERT_TRUE(site.run_until([&] { return site.all_done(); }));

  EXPECT_EQ(seeder.sent, content_size);
}

TEST_F(TrackedSite, ALaterDeviceFindsItsNeighboursThroughTheTracker) {
  LabSite site(2);
  LabSeeder seeder(site.loop, content);
  LabTracker tracker(site.loop.io());
  use(site, tracker);
  site[0].start();
  ASSERT_TRUE(site[0].fetch(torrent, seeder.url()));
  ASSERT_TRUE(site.run_until([&] { return site[0].status().done; }));

  site[1].start();
  ASSERT_TRUE(site[1].fetch(torrent, seeder.url()));
  ASSERT_TRUE(site.run_until([&] { return site[1].status().done; }));

  EXPECT_EQ(seeder.sent, content_size);
}

TEST_F(TrackedSite, ASiteWhoseTrackerIsGoneGoesOnAlone) {
  LabSite site(1);
  LabSeeder seeder(site.loop, content);
  asio::ip::tcp::acceptor silent(site.loop.io(), {asio::ip::make_address("127.0.0.1"), 0});
  site[0].options.tracker_url =
      "http://127.0.0.1:" + std::to_string(silent.local_endpoint().port()) + "/announce";
  site[0].start();
  ASSERT_TRUE(site[0].fetch(torrent, seeder.url()));

  ASSERT_TRUE(site.run_until([&] { return site.all_done(); }));
}

TEST_F(TrackedSite, DeadPeersOfTheTrackerHoldNobodyUp) {
  LabSite site(2);
  LabSeeder seeder(site.loop, content);
  LabTracker tracker(site.loop.io());
  for (int i = 0; i < 20; ++i) tracker.peers.emplace("127.255.7." + std::to_string(i + 1), 9);
  use(site, tracker);
  for (auto& device : site.devices) {
    device->start();
    ASSERT_TRUE(device->fetch(torrent, seeder.url()));
  }

  ASSERT_TRUE(site.run_until([&] { return site.all_done(); }));

  EXPECT_EQ(seeder.sent, content_size);
}

}  // namespace
}  // namespace dunlin
