// A real signed repository, served by the real HTTP server.
#include "node/repository_client.h"

#include "core/trust/repository_path.h"
#include "tests/fakes/rotated_key.h"
#include "tests/node/signed_site.h"
#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

class RepositoryClientTest : public testing::Test {
 protected:
  RepositoryClientTest() {
    publish("1.0");
    bench_.emplace(io_, clock_, "http://127.0.0.1:" + std::to_string(server_.port),
                   files().at("metadata/1.root.json"));
  }

  std::map<std::string, std::string>& files() { return server_.files; }
  void keep(const Result<std::vector<RepositoryOutput>>& outputs) {
    signed_.keep(outputs);
    server_.files = signed_.files;
  }
  void publish(const std::string& version) { publish(small_manifest(version)); }
  void publish(const Manifest& manifest) {
    signed_.publish(manifest);
    server_.files = signed_.files;
  }
  // Another machine with the keys and what is published now, as after a restore from a backup.
  RepositorySigner second_signer() {
    FakeDisk disk;
    EXPECT_TRUE(signed_.signer().save_keys(disk, "/keys"));
    for (const auto& [path, bytes] : files()) disk.put("/repository/" + path, bytes);
    Result<RepositorySigner> second = RepositorySigner::load(disk, "/keys", "/repository", RoleLifetimes());
    EXPECT_TRUE(second) << second.error().message;
    return std::move(*second);
  }

  FakeClock clock_;
  asio::io_context io_{1};
  SignedFiles signed_{clock_};
  FileServer server_{io_, {}};
  std::optional<ClientBench> bench_;
};

TEST_F(RepositoryClientTest, OffersTheNewestRelease) {
  publish("1.10");
  publish("1.9");

  Result<std::optional<ReleaseOffer>> offer = bench_->newest();

  ASSERT_TRUE(offer) << offer.error().message;
  ASSERT_TRUE(*offer);
  EXPECT_EQ((*offer)->manifest.version, "1.10");
  EXPECT_EQ(sha256((*offer)->manifest_bytes), (*offer)->manifest_sha256);
}

TEST_F(RepositoryClientTest, FollowsRootRotationsAndRemembersThem) {
  keep(rotate_key(signed_.signer(), "root", clock_.now()));
  keep(rotate_key(signed_.signer(), "timestamp", clock_.now()));
  keep(signed_.signer().sign_all(clock_.now()));
  ASSERT_TRUE(bench_->newest());
  bench_->restart();
  server_.asked.clear();

  ASSERT_TRUE(bench_->newest());

  EXPECT_EQ(bench_->client->trusted_files()->roots.size(), 2U);
  EXPECT_EQ(server_.asked.front(), "metadata/4.root.json");
}

TEST_F(RepositoryClientTest, AsksForNothingTwiceWhenNothingChanged) {
  ASSERT_TRUE(bench_->newest());
  server_.asked.clear();

  ASSERT_TRUE(bench_->newest());

  EXPECT_EQ(server_.asked, (std::vector<std::string>{"metadata/2.root.json", "metadata/timestamp.json"}));
}

TEST_F(RepositoryClientTest, FetchesFilesThatWereSignedTwiceUnderOneVersion) {
  RepositorySigner second = second_signer();
  publish("2.0");
  ASSERT_TRUE(bench_->newest());
  ASSERT_TRUE(second.add_release(small_manifest("3.0")));
  keep(second.sign_all(clock_.now()));
  keep(second.renew_timestamp(clock_.now()));

  Result<std::optional<ReleaseOffer>> offer = bench_->newest();

  ASSERT_TRUE(offer) << offer.error().message;
  EXPECT_EQ((*offer)->manifest.version, "3.0");
}

TEST_F(RepositoryClientTest, RefusesAnOlderTimestampAlsoAfterARestart) {
  const std::map<std::string, std::string> old = files();
  publish("2.0");
  ASSERT_TRUE(bench_->newest());
  bench_->restart();
  files() = old;

  EXPECT_THAT(bench_->complaint(), testing::HasSubstr("rollback"));
}

TEST_F(RepositoryClientTest, RefusesEveryFlippedMetadataFile) {
  const std::map<std::string, std::string> good = files();
  for (const auto& [path, bytes] : good) {
    if (path == "metadata/1.root.json") continue;
    files() = good;
    files()[path][bytes.size() / 2] = static_cast<char>(files()[path][bytes.size() / 2] ^ 1);
    bench_->disk = FakeDisk();
    bench_->disk.put("/etc/root.json", good.at("metadata/1.root.json"));
    bench_->restart();
    EXPECT_NE(bench_->complaint(), "accepted") << path;
  }
}

TEST_F(RepositoryClientTest, SaysWhichHardwareANewerReleaseIsFor) {
  Manifest manifest = small_manifest("2.0");
  manifest.hardware = {"toaster"};
  publish(manifest);

  Result<std::optional<ReleaseOffer>> offer = bench_->newest();

  ASSERT_TRUE(offer) << offer.error().message;
  EXPECT_EQ((*offer)->manifest.version, "1.0");
  EXPECT_EQ(bench_->client->passed_over(), "release 2.0 is for hardware toaster, but this device is pc");
}

TEST_F(RepositoryClientTest, NamesTheExpiredRole) {
  clock_.advance(std::chrono::hours(24 * 30));

  EXPECT_THAT(bench_->complaint(), testing::HasSubstr("timestamp: expired at"));
}

TEST_F(RepositoryClientTest, SaysWhatItCouldNotFetch) {
  server_.broken = true;

  EXPECT_THAT(bench_->complaint(), testing::HasSubstr("fetching metadata/2.root.json"));
  EXPECT_THAT(bench_->complaint(), testing::HasSubstr("503"));
}

TEST_F(RepositoryClientTest, NamesAMissingServer) {
  server_.close();

  Result<std::optional<ReleaseOffer>> offer = bench_->newest();

  ASSERT_FALSE(offer);
  EXPECT_EQ(offer.error().kind, ErrorKind::retry_later);
}

TEST_F(RepositoryClientTest, ComparesFilesWithTheirSignedDigest) {
  files()["torrents/t"] = "torrent";
  EXPECT_TRUE(bench_->fetch({"torrents/t", 7, sha256(as_bytes("torrent"))}));
  files()["torrents/t"] = "torrens";

  Result<Bytes> wrong = bench_->fetch({"torrents/t", 7, sha256(as_bytes("torrent"))});

  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind, ErrorKind::bad_peer);
  EXPECT_THAT(wrong.error().message, testing::HasSubstr("torrents/t"));
}

// What the seeder puts into a bundle now; the server is not asked again.
class BroughtByHand : public RepositoryClientTest {
 protected:
  BroughtByHand() { server_.broken = true; }

  BundleContents contents() {
    BundleContents contents;
    contents.label = {"edge", "?"};
    const TrustedVersions versions = signed_.signer().versions();
    for (std::int64_t root = 1; root <= versions.root; ++root)
      contents.metadata.roots.push_back(files()[root_path(root)]);
    contents.metadata.timestamp = files()[std::string(timestamp_path)];
    contents.metadata.snapshot = files()[snapshot_path(versions.snapshot)];
    contents.metadata.targets = files()[targets_path(versions.targets)];
    for (const auto& [path, text] : files()) {
      if (path.starts_with("targets/")) contents.files[path] = to_bytes(text);
    }
    return contents;
  }
  std::string said(const BundleContents& contents, const std::string& product = "edge") {
    const Result<ReleaseOffer> offer = bench_->client->import(contents, product, "pc");
    return offer ? offer->manifest.version : offer.error().message;
  }
};

TEST_F(BroughtByHand, IsTrustedAlsoAfterARestart) {
  keep(rotate_key(signed_.signer(), "timestamp", clock_.now()));
  publish("2.0");

  EXPECT_EQ(said(contents()), "2.0");

  bench_->restart();
  EXPECT_EQ(bench_->client->trusted_files()->roots.size(), 1U);
  EXPECT_EQ(bench_->client->trusted_files()->targets,
            files()[targets_path(signed_.signer().versions().targets)]);
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
  EXPECT_EQ(bench_->client->trusted_files()->timestamp, files()[std::string(timestamp_path)]);
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

  const Result<ReleaseOffer> offer = bench_->client->import(contents(), "edge", "pc");

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
  ASSERT_TRUE(other.add_release(small_manifest("9.0")));
  keep(other.sign_all(clock_.now()));

  EXPECT_THAT(said(contents()), testing::HasSubstr("0 valid signatures"));
}

TEST_F(RepositoryClientTest, NeedsTheRootFileThatCameWithTheDevice) {
  bench_->disk = FakeDisk();
  bench_->restart();

  EXPECT_THAT(bench_->complaint(), testing::HasSubstr("/etc/root.json"));
}

}  // namespace
}  // namespace dunlin
