#include "seeder/tracker_protocol.h"

#include <gtest/gtest.h>

#include "swarm/http_url.h"

namespace dunlin {
namespace {

const std::string hash_bytes("\x00\x01\x02\xff&=%+ abcdefghijkl", 20);
const std::string query = "info_hash=" + percent_encode(hash_bytes) +
                          "&peer_id=-DL0001-abcdefghijkl&port=6881&uploaded=0&downloaded=0&left=7&compact=1";

std::string text_of(const std::vector<PeerEndpoint>& endpoints) {
  std::string text;
  for (const PeerEndpoint& endpoint : endpoints)
    text += endpoint.address().to_string() + " " + std::to_string(endpoint.port()) + ";";
  return text;
}

TEST(TrackerProtocol, ReadsAnAnnounce) {
  const Result<AnnounceRequest> request =
      parse_announce(query + "&event=started&numwant=7&site=plant%201", "192.0.2.9");

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(std::string(request->info_hash.begin(), request->info_hash.end()), hash_bytes);
  EXPECT_EQ(request->peer_id, "-DL0001-abcdefghijkl");
  EXPECT_EQ(request->left, 7u);
  EXPECT_EQ(request->event, AnnounceEvent::started);
  EXPECT_EQ(request->wanted, 7u);
  EXPECT_EQ(request->site, "plant 1");
  EXPECT_EQ(text_of(request->endpoints), "192.0.2.9 6881;");
}

TEST(TrackerProtocol, BelievesOnlyPrivateAddressesThatThePeerNames) {
  EXPECT_EQ(text_of(parse_announce(query + "&ip=10.1.2.3&ipv6=fd00::1", "192.0.2.9")->endpoints),
            "10.1.2.3 6881;fd00::1 6881;");
  for (const std::string victim : {"8.8.8.8", "2001:db8::1", "172.32.0.1", "127.0.0.1", "nonsense"}) {
    EXPECT_EQ(text_of(parse_announce(query + "&ip=" + victim, "192.0.2.9")->endpoints), "192.0.2.9 6881;")
        << victim;
  }
}

TEST(TrackerProtocol, BoundsWhatThePeerAsksFor) {
  EXPECT_EQ(parse_announce(query + "&numwant=100000", "10.0.0.1")->wanted, 200u);
  EXPECT_EQ(parse_announce(query + "&numwant=-1", "10.0.0.1")->wanted, 50u);
  EXPECT_EQ(parse_announce(query + "&numwant=0", "10.0.0.1")->wanted, 0u);
}

TEST(TrackerProtocol, RefusesBadParametersByName) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "info_hash"},
      {"info_hash=short&peer_id=-DL0001-abcdefghijkl&port=1", "info_hash"},
      {"info_hash=aaaaaaaaaaaaaaaaaaaa&port=1", "peer_id"},
      {"info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=-DL0001-abcdefghijkl", "port"},
      {query + "&port=0", "port"},
      {query + "&port=65536", "port"},
      {query + "&event=paused", "event"},
      {query + "&left=-1", "left"},
      {query + "&numwant=many", "numwant"},
      {query + "&site=" + std::string(65, 'x'), "site"},
  };
  for (const auto& [raw, name] : cases) {
    const Result<AnnounceRequest> request = parse_announce(raw, "10.0.0.1");
    ASSERT_FALSE(request) << raw;
    EXPECT_NE(request.error().message.find(name), std::string::npos) << request.error().message;
  }
  EXPECT_FALSE(parse_announce(query, ""));
}

TEST(TrackerProtocol, NeverFailsOtherThanByRefusing) {
  for (std::size_t cut = 0; cut < query.size(); ++cut) {
    (void)parse_announce(query.substr(0, cut), "10.0.0.1").has_value();
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = query;
      flipped[cut] = static_cast<char>(flipped[cut] ^ (1 << bit));
      (void)parse_announce(flipped, "10.0.0.1").has_value();
    }
  }
}

TEST(TrackerProtocol, WritesCompactPeersOfBothFamilies) {
  AnnounceAnswer answer;
  answer.interval = std::chrono::seconds(60);
  answer.seeds = 2;
  answer.leeches = 3;
  answer.peers.emplace_back(asio::ip::make_address("10.0.0.1"), 0x1AE1);
  answer.peers.emplace_back(asio::ip::make_address("fd00::1"), 258);

  const std::string v6 = std::string("\xfd", 1) + std::string(14, '\0') + std::string("\x01\x01\x02", 3);
  EXPECT_EQ(format_answer(answer),
            "d8:completei2e10:incompletei3e8:intervali60e12:min intervali30e5:peers6:" +
                std::string("\x0a\0\0\x01\x1a\xe1", 6) + "6:peers618:" + v6 + "e");
}

TEST(TrackerProtocol, WritesFailures) {
  EXPECT_EQ(format_failure("no"), "d14:failure reason2:noe");
}

}  // namespace
}  // namespace dunlin
