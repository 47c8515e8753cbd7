#include "swarm/tracker_client.h"

namespace dunlin {
namespace {

TEST(TrackerClient, SendsTheCutHashAndTheSite) {
  TrackerAnnounce announce;
  announce.url = "https://s/announce";
  announce.info_hash.bytes.fill(0xAB);
  announce.peer_id = "-DL0100-0123456789ab";
  announce.port = 4000;
  announce.left = 5;
  announce.site = "a b";
  announce.event = "started";

  const std::string url = announce_url(announce);

  std::string hash;
  for (int i = 0; i < 20; ++i) hash += "%ab";
  EXPECT_EQ(url, "https://s/announce?info_hash=" + hash +
                     "&peer_id=-DL0100-0123456789ab&port=4000&uploaded=0&downloaded=0&left=5&compact=1"
                     "&event=started&site=a%20b");
}

TEST(TrackerClient, ReadsCompactPeersOfBothProtocols) {
  const std::string body =
      "d8:intervali60e5:peers12:" + std::string("\x0a\x00\x00\x07\x1f\x90\x0a\x00\x00\x08\x00\x00", 12) +
      "6:peers618:" + std::string(15, '\0') + "\x01\x1f\x91" + "e";

  const Result<TrackerAnswer> answer = parse_tracker_answer(as_bytes(body));

  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->interval, std::chrono::seconds(60));
  ASSERT_EQ(answer->peers.size(), 2u);  // a port of 0 is no peer
  EXPECT_EQ(answer->peers[0].address().to_string(), "10.0.0.7");
  EXPECT_EQ(answer->peers[0].port(), 8080);
  EXPECT_EQ(answer->peers[1].address().to_string(), "::1");
}

TEST(TrackerClient, PassesOnTheTrackersOwnWords) {
  const Result<TrackerAnswer> answer = parse_tracker_answer(as_bytes("d14:failure reason4:no!!e"));

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::retry_later);
  EXPECT_NE(answer.error().message.find("no!!"), std::string::npos);
}

TEST(TrackerClient, RefusesWhatIsNoAnswer) {
  for (const char* text : {"", "<html>", "le", "i5e", "d5:peers"})
    EXPECT_EQ(parse_tracker_answer(as_bytes(text)).error().kind, ErrorKind::bad_peer) << text;
}

TEST(TrackerClient, NeverAsksMoreOftenThanEveryFifteenSeconds) {
  EXPECT_EQ(parse_tracker_answer(as_bytes("d8:intervali-5ee"))->interval, std::chrono::seconds(15));
}

}  // namespace
}  // namespace dunlin
