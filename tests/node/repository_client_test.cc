// A real signed repository in a folder, served by the real HTTP server on a Unix socket.
#include "node/repository_client.h"

#include "core/trust/repository_path.h"
#include "core/trust/repository_signer.h"
#include "swarm/http_server.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_disk.h"
#include "tests/fakes/fake_wan_gate.h"
#include "tests/fakes/temporary_folder.h"
#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

Manifest manifest_of(const std::string& version) {
  Manifest manifest;
  manifest.product = "edge";
  manifest.version = version;
  ImageEntry image;
  image.name = "rootfs";
  image.size = 1'000;
  image.id = sha256(as_bytes(version));
  const Digest pack = sha256(as_bytes("pack " + version));
  const Digest torrent = sha256(as_bytes("torrent"));
  image.packs.push_back({{"packs/" + pack.hex() + ".pack", 500, pack},
                         {"torrents/" + torrent.hex() + ".torrent", 7, torrent},
                         std::nullopt});
  manifest.images.push_back(std::move(image));
  return manifest;
}

class RepositoryClientTest : public testing::Test {
 protected:
  RepositoryClientTest() : signer_(std::move(*RepositorySigner::create(RoleLifetimes(), clock_.now()))) {
    server_.emplace(io_, [this](ServerRequest request) { return serve(std::move(request)); });
    Result<void> listening = server_->listen_unix(folder_ + "/http.sock", 0600);
    EXPECT_TRUE(listening) << listening.error().message;
    publish("1.0");
    device_disk_.put("/etc/root.json", files_["metadata/1.root.json"]);
    restart_client();
  }

  Task<ServerResponse> serve(ServerRequest request) {
    ServerResponse response;
    const std::string path = request.path.substr(1);
    asked_.push_back(path);
    const auto file = files_.find(path);
    response.status = broken_ ? 503 : file == files_.end() ? 404 : 200;
    if (response.status == 200) response.body = file->second;
    co_return response;
  }

  void keep(const Result<std::vector<RepositoryOutput>>& outputs) {
    ASSERT_TRUE(outputs) << outputs.error().message;
    for (const RepositoryOutput& output : *outputs) files_[output.path] = output.bytes;
  }
  void publish(const std::string& version) {
    Result<RepositoryFile> added = signer_.add_release(manifest_of(version));
    ASSERT_TRUE(added) << added.error().message;
    keep(signer_.sign_all(clock_.now()));
  }
  // Another machine with the keys and what is published now, as after a restore from a backup.
  RepositorySigner second_signer() {
    FakeDisk disk;
    EXPECT_TRUE(signer_.save_keys(disk, "/keys"));
    for (const auto& [path, bytes] : files_) disk.put("/repository/" + path, bytes);
    Result<RepositorySigner> second = RepositorySigner::load(disk, "/keys", "/repository", RoleLifetimes());
    EXPECT_TRUE(second) << second.error().message;
    return std::move(*second);
  }
  void restart_client() {
    client_.emplace(http_, MetadataStore(device_disk_, "/data/metadata"), clock_,
                    RepositoryClient::Places{"unix:" + folder_ + "/http.sock:", "/etc/root.json"}, gate_);
  }

  Task<> ask(Result<std::optional<ReleaseOffer>>& out) {
    auto offer = co_await client_->newest("edge", "pc");
    out = std::move(offer);
    io_.stop();
  }
  Result<std::optional<ReleaseOffer>> newest() {
    Result<std::optional<ReleaseOffer>> offer;
    io_.restart();
    spawn(io_, ask(offer));
    io_.run();
    return offer;
  }
  Task<> ask_file(RepositoryFile file, Result<Bytes>& out) {
    auto bytes = co_await client_->fetch(std::move(file));
    out = std::move(bytes);
    io_.stop();
  }
  Result<Bytes> fetch(RepositoryFile file) {
    Result<Bytes> bytes;
    io_.restart();
    spawn(io_, ask_file(std::move(file), bytes));
    io_.run();
    return bytes;
  }
  std::string complaint() {
    Result<std::optional<ReleaseOffer>> offer = newest();
    return offer ? "accepted" : offer.error().message;
  }

  FakeClock clock_;
  FakeDisk device_disk_;
  asio::io_context io_{1};
  HttpClient http_{io_, {}};
  TemporaryFolder temporary_;
  std::string folder_ = temporary_.path();
  std::map<std::string, std::string> files_;
  std::vector<std::string> asked_;
  bool broken_ = false;
  RepositorySigner signer_;
  std::optional<HttpServer> server_;
  FakeWanGate gate_;
  std::optional<RepositoryClient> client_;
};

TEST_F(RepositoryClientTest, OffersTheNewestRelease) {
  publish("1.10");
  publish("1.9");

  Result<std::optional<ReleaseOffer>> offer = newest();

  ASSERT_TRUE(offer) << offer.error().message;
  ASSERT_TRUE(*offer);
  EXPECT_EQ((*offer)->manifest.version, "1.10");
  EXPECT_EQ(sha256((*offer)->manifest_bytes), (*offer)->manifest_sha256);
}

TEST_F(RepositoryClientTest, FollowsRootRotationsAndRemembersThem) {
  keep(signer_.rotate_key("root", clock_.now()));
  keep(signer_.rotate_key("timestamp", clock_.now()));
  keep(signer_.sign_all(clock_.now()));
  ASSERT_TRUE(newest());
  restart_client();
  asked_.clear();

  ASSERT_TRUE(newest());

  EXPECT_EQ(client_->trusted_files()->roots.size(), 2U);
  EXPECT_EQ(asked_.front(), "metadata/4.root.json");
}

TEST_F(RepositoryClientTest, AsksForNothingTwiceWhenNothingChanged) {
  ASSERT_TRUE(newest());
  asked_.clear();

  ASSERT_TRUE(newest());

  EXPECT_EQ(asked_, (std::vector<std::string>{"metadata/2.root.json", "metadata/timestamp.json"}));
}

TEST_F(RepositoryClientTest, FetchesFilesThatWereSignedTwiceUnderOneVersion) {
  RepositorySigner second = second_signer();
  publish("2.0");
  ASSERT_TRUE(newest());
  ASSERT_TRUE(second.add_release(manifest_of("3.0")));
  keep(second.sign_all(clock_.now()));
  keep(second.renew_timestamp(clock_.now()));

  Result<std::optional<ReleaseOffer>> offer = newest();

  ASSERT_TRUE(offer) << offer.error().message;
  EXPECT_EQ((*offer)->manifest.version, "3.0");
}

TEST_F(RepositoryClientTest, RefusesAnOlderTimestampAlsoAfterARestart) {
  const std::map<std::string, std::string> old = files_;
  publish("2.0");
  ASSERT_TRUE(newest());
  restart_client();
  files_ = old;

  EXPECT_THAT(complaint(), testing::HasSubstr("rollback"));
}

TEST_F(RepositoryClientTest, RefusesEveryFlippedMetadataFile) {
  const std::map<std::string, std::string> good = files_;
  for (const auto& [path, bytes] : good) {
    if (path == "metadata/1.root.json") continue;
    files_ = good;
    files_[path][bytes.size() / 2] = static_cast<char>(files_[path][bytes.size() / 2] ^ 1);
    device_disk_ = FakeDisk();
    device_disk_.put("/etc/root.json", good.at("metadata/1.root.json"));
    restart_client();
    EXPECT_NE(complaint(), "accepted") << path;
  }
}

TEST_F(RepositoryClientTest, SaysWhichHardwareANewerReleaseIsFor) {
  Manifest manifest = manifest_of("2.0");
  manifest.hardware = {"toaster"};
  ASSERT_TRUE(signer_.add_release(manifest));
  keep(signer_.sign_all(clock_.now()));

  Result<std::optional<ReleaseOffer>> offer = newest();

  ASSERT_TRUE(offer) << offer.error().message;
  EXPECT_EQ((*offer)->manifest.version, "1.0");
  EXPECT_EQ(client_->passed_over(), "release 2.0 is for hardware toaster, but this device is pc");
}

TEST_F(RepositoryClientTest, NamesTheExpiredRole) {
  clock_.advance(std::chrono::hours(24 * 30));

  EXPECT_THAT(complaint(), testing::HasSubstr("timestamp: expired at"));
}

TEST_F(RepositoryClientTest, SaysWhatItCouldNotFetch) {
  broken_ = true;

  EXPECT_THAT(complaint(), testing::HasSubstr("fetching metadata/2.root.json"));
  EXPECT_THAT(complaint(), testing::HasSubstr("503"));
}

TEST_F(RepositoryClientTest, NamesAMissingServer) {
  server_->close();

  Result<std::optional<ReleaseOffer>> offer = newest();

  ASSERT_FALSE(offer);
  EXPECT_EQ(offer.error().kind, ErrorKind::retry_later);
}

TEST_F(RepositoryClientTest, ComparesFilesWithTheirSignedDigest) {
  files_["torrents/t"] = "torrent";
  EXPECT_TRUE(fetch({"torrents/t", 7, sha256(as_bytes("torrent"))}));
  files_["torrents/t"] = "torrens";

  Result<Bytes> wrong = fetch({"torrents/t", 7, sha256(as_bytes("torrent"))});

  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind, ErrorKind::bad_peer);
  EXPECT_THAT(wrong.error().message, testing::HasSubstr("torrents/t"));
}

// What the seeder puts into a bundle now; the server is not asked again.
class BroughtByHand : public RepositoryClientTest {
 protected:
  BroughtByHand() { broken_ = true; }

  BundleContents contents() {
    BundleContents contents;
    contents.label = {"edge", "?"};
    const TrustedVersions versions = signer_.versions();
    for (std::int64_t root = 1; root <= versions.root; ++root)
      contents.metadata.roots.push_back(files_[root_path(root)]);
    contents.metadata.timestamp = files_[std::string(timestamp_path)];
    contents.metadata.snapshot = files_[snapshot_path(versions.snapshot)];
    contents.metadata.targets = files_[targets_path(versions.targets)];
    for (const auto& [path, text] : files_) {
      if (path.starts_with("targets/")) contents.files[path] = to_bytes(text);
    }
    return contents;
  }
  std::string said(const BundleContents& contents, const std::string& product = "edge") {
    const Result<ReleaseOffer> offer = client_->import(contents, product, "pc");
    return offer ? offer->manifest.version : offer.error().message;
  }
};

TEST_F(BroughtByHand, IsTrustedAlsoAfterARestart) {
  keep(signer_.rotate_key("timestamp", clock_.now()));
  publish("2.0");

  EXPECT_EQ(said(contents()), "2.0");

  restart_client();
  EXPECT_EQ(client_->trusted_files()->roots.size(), 1U);
  EXPECT_EQ(client_->trusted_files()->targets, files_[targets_path(signer_.versions().targets)]);
}

TEST_F(BroughtByHand, IsTheNewestReleaseThatIsAmongTheFiles) {
  publish("2.0");
  BundleContents one = contents();
  std::erase_if(one.files, [](const auto& file) { return file.first.find("2.0") != std::string::npos; });

  EXPECT_EQ(said(one), "1.0");
}

TEST_F(BroughtByHand, MayBeOlderThanWhatIsTrustedWhileThatListsTheRelease) {
  const BundleContents older = contents();
  publish("2.0");
  ASSERT_EQ(said(contents()), "2.0");

  EXPECT_EQ(said(older), "1.0");
  EXPECT_EQ(client_->trusted_files()->timestamp, files_[std::string(timestamp_path)]);
}

TEST_F(BroughtByHand, IsRefusedWhenItIsOlderAndWhatIsTrustedHasExpired) {
  const BundleContents older = contents();
  publish("2.0");
  ASSERT_EQ(said(contents()), "2.0");
  clock_.advance(std::chrono::hours(24 * 8));

  EXPECT_THAT(said(older), testing::HasSubstr("rollback"));
}

TEST_F(BroughtByHand, IsRefusedWhenItHasExpired) {
  clock_.advance(std::chrono::hours(24 * 8));

  const Result<ReleaseOffer> offer = client_->import(contents(), "edge", "pc");

  ASSERT_FALSE(offer);
  EXPECT_EQ(offer.error().kind, ErrorKind::retry_later);
  EXPECT_THAT(offer.error().message, testing::HasSubstr("timestamp: expired at"));
}

TEST_F(BroughtByHand, NamesWhatItHoldsForAnotherProduct) {
  EXPECT_THAT(said(contents(), "fridge"),
              testing::HasSubstr("holds edge ?, and nothing for this device, which is fridge"));
}

TEST_F(BroughtByHand, IsRefusedWithAnyFlippedByte) {
  const BundleContents good = contents();
  for (std::size_t at = 0; at < good.metadata.targets.size(); at += 31) {
    BundleContents wrong = good;
    wrong.metadata.targets[at] = static_cast<char>(wrong.metadata.targets[at] ^ 1);
    EXPECT_THAT(said(wrong), testing::HasSubstr("targets: ")) << at;
  }
  BundleContents wrong = good;
  wrong.files.begin()->second[5] ^= 1;
  EXPECT_THAT(said(wrong), testing::HasSubstr("other bytes than the signed metadata names"));
}

TEST_F(BroughtByHand, OfAnotherRepositoryIsRefused) {
  RepositorySigner other = std::move(*RepositorySigner::create(RoleLifetimes(), clock_.now()));
  ASSERT_TRUE(other.add_release(manifest_of("9.0")));
  keep(other.sign_all(clock_.now()));

  EXPECT_THAT(said(contents()), testing::HasSubstr("0 valid signatures"));
}

TEST_F(RepositoryClientTest, NeedsTheRootFileThatCameWithTheDevice) {
  device_disk_ = FakeDisk();
  restart_client();

  EXPECT_THAT(complaint(), testing::HasSubstr("/etc/root.json"));
}

}  // namespace
}  // namespace dunlin
