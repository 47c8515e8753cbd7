#include "node/mirror.h"

#include "core/trust/repository_path.h"
#include "swarm/torrent_file.h"
#include "tests/fakes/fake_disk.h"
#include "tests/fakes/fake_repository.h"
#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

class MirrorTest : public testing::Test {
 protected:
  ServerResponse ask(const std::string& path, const std::string& method = "GET") {
    ServerRequest request;
    request.method = method;
    request.path = path;
    return mirror_.answer(request);
  }
  int status_of(const std::string& path) { return ask(path).status; }

  asio::io_context io_{1};
  Fuse fuse_{io_};
  RepositoryWorld world_;
  FakeRepository repository_{world_, fuse_};
  FakeDisk disk_;
  NodePaths paths_{"/data"};
  Mirror mirror_{repository_, disk_, paths_, "https://s/announce"};
  const Digest digest_ = sha256(as_bytes("content"));
};

TEST_F(MirrorTest, ServesWhatTheRepositoryClientKeeps) {
  const ByteView bytes = as_bytes("{}");
  world_.files["metadata/timestamp.json"] = Bytes(bytes.begin(), bytes.end());

  EXPECT_EQ(ask("/metadata/timestamp.json").body, "{}");
  EXPECT_EQ(status_of("/metadata/2.snapshot.json"), 404);
}

TEST_F(MirrorTest, ServesKeptTorrentsAndManifests) {
  disk_.put(paths_.torrent(digest_), "content");
  disk_.put(paths_.manifest(digest_), "content");

  EXPECT_EQ(ask("/" + torrent_path(digest_)).body, "content");
  EXPECT_EQ(ask("/" + target_path("releases/edge/2.0.json", digest_)).body, "content");
}

TEST_F(MirrorTest, ServesTorrentsThatWereMadeHereOfImagesAsTheyArePublished) {
  const Bytes image(100'000, 7);
  const Digest id = sha256(image);
  const MemorySource source(image);
  const Bytes made = make_torrent(source, image_torrent_name(id), {}).value();
  const Bytes published = make_torrent(source, image_torrent_name(id), {"https://s/announce"}).value();
  disk_.put(paths_.image_torrent(id), std::string(as_text(made)));

  EXPECT_EQ(ask("/" + torrent_path(sha256(published))).body, as_text(published));
  EXPECT_EQ(status_of("/" + torrent_path(digest_)), 404);
}

TEST_F(MirrorTest, ServesNoFileThatIsNotWhatItsNameSays) {
  disk_.put(paths_.torrent(digest_), "contents");

  EXPECT_EQ(status_of("/" + torrent_path(digest_)), 404);
}

TEST_F(MirrorTest, ServesNothingElse) {
  disk_.put("/data/node.db", "secret");
  disk_.put("/data/packs/" + digest_.hex() + ".pack", "content");
  disk_.put("/data/torrents/" + digest_.hex() + ".torrent", "content");

  for (const std::string path :
       {"/", "", "/node.db", "/../node.db", "/torrents/../node.db", "/metadata/../node.db"})
    EXPECT_EQ(status_of(path), 404) << path;
  EXPECT_EQ(status_of("/" + pack_path(digest_)), 404);
  EXPECT_EQ(status_of("/metadata/" + digest_.hex() + ".torrent"), 404);
  EXPECT_EQ(status_of("/torrents/x/" + digest_.hex() + ".torrent"), 404);
}

TEST_F(MirrorTest, TakesNothingFromAnybody) {
  for (const std::string method : {"POST", "PUT", "DELETE"})
    EXPECT_EQ(ask("/metadata/timestamp.json", method).status, 405);
}

}  // namespace
}  // namespace dunlin
