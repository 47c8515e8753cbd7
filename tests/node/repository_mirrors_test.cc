// One device's client between a real signed repository and neighbours whose mirrors are real servers too;
// what beacons say, and how time passes while it waits, is the test's.
#include "core/trust/repository_path.h"
#include "node/repository_client.h"
#include "tests/node/signed_site.h"

namespace dunlin {
namespace {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;

class RepositoryMirrorsTest : public testing::Test {
 protected:
  RepositoryMirrorsTest() {
    signed_.publish(small_manifest("1.0"));
    first_ = signed_.files;
    signed_.publish(small_manifest("2.0"));
    wan_.files = signed_.files;
    bench_.emplace(io_, clock_, "http://127.0.0.1:" + std::to_string(wan_.port),
                   first_.at("metadata/1.root.json"));
    bench_->beacons.on_wait = [this](std::chrono::milliseconds limit) { clock_.advance(limit); };
  }

  // Speaks of `version` in its beacons and serves `files`. Each has an address of its own on loopback.
  MirrorOffer& neighbour(std::uint64_t version, std::map<std::string, std::string> files) {
    mirrors_.push_back(std::make_unique<FileServer>(io_, std::move(files)));
    MirrorOffer offer;
    offer.instance = mirrors_.size();
    offer.device = "a" + std::to_string(offer.instance);
    offer.address = "127.0.0.1";
    offer.port = mirrors_.back()->port;
    offer.version = version;
    offer.may_use_wan = true;
    return bench_->beacons.mirrors.emplace_back(offer);
  }
  std::string newest_version() {
    Result<std::optional<ReleaseOffer>> offer = bench_->newest();
    if (!offer) return "failed: " + offer.error().message;
    return *offer ? (*offer)->manifest.version : "none";
  }

  FakeClock clock_;
  asio::io_context io_{1};
  SignedFiles signed_{clock_};
  std::map<std::string, std::string> first_;  // the repository with release 1.0 only
  FileServer wan_{io_, {}};
  std::vector<std::unique_ptr<FileServer>> mirrors_;
  std::optional<ClientBench> bench_;
};

TEST_F(RepositoryMirrorsTest, LearnsOfAReleaseWithoutTheWanFromANeighbour) {
  neighbour(2, signed_.files);

  EXPECT_EQ(newest_version(), "2.0");

  EXPECT_TRUE(wan_.asked.empty());
  EXPECT_EQ(bench_->client->moved().wan, 0U);
  EXPECT_GT(bench_->client->moved().lan, 0U);
}

TEST_F(RepositoryMirrorsTest, CostsNothingOfTheDataBudgetWhenANeighbourKnows) {
  bench_->gate.limit = 0;
  EXPECT_NE(newest_version().find("nothing is left"), std::string::npos);
  neighbour(2, signed_.files);

  EXPECT_EQ(newest_version(), "2.0");

  EXPECT_EQ(bench_->gate.spent, 0U);
  EXPECT_TRUE(wan_.asked.empty());
}

TEST_F(RepositoryMirrorsTest, TellsNeighboursWhatItKnowsOnceItKnowsTheManifestToo) {
  bench_->client->serve_at(8080);
  EXPECT_EQ(bench_->beacons.own_mirror.version, 0U);

  ASSERT_EQ(newest_version(), "2.0");

  const OwnMirror& own = bench_->beacons.own_mirror;
  EXPECT_EQ(own.port, 8080);
  EXPECT_EQ(own.version, 2U);
  EXPECT_FALSE(own.asks_wan);
  EXPECT_EQ(own.wan_checked, clock_.steady());
  EXPECT_TRUE(bench_->client->kept_file("metadata/timestamp.json"));
  EXPECT_TRUE(bench_->client->kept_file("metadata/2.targets.json"));
  EXPECT_FALSE(bench_->client->kept_file("metadata/1.targets.json"));
}

TEST_F(RepositoryMirrorsTest, ADeviceThatMayNotUseTheWanNeverDoes) {
  bench_->options.may_use_wan = false;
  bench_->restart();

  EXPECT_NE(newest_version().find("no neighbour knows newer metadata"), std::string::npos);
  neighbour(2, signed_.files);
  EXPECT_EQ(newest_version(), "2.0");
  EXPECT_EQ(newest_version(), "2.0") << "nothing is newer, and what is known has not expired";

  EXPECT_TRUE(wan_.asked.empty());
}

TEST_F(RepositoryMirrorsTest, PassesOverANeighbourThatServesGarbage) {
  std::map<std::string, std::string> garbage = signed_.files;
  garbage["metadata/timestamp.json"] = "garbage";
  neighbour(2, garbage);

  EXPECT_EQ(newest_version(), "2.0");

  EXPECT_FALSE(wan_.asked.empty());
  EXPECT_NE(bench_->event("mirror_passed_over").find("a1 (127.0.0.1)"), std::string::npos);
  EXPECT_FALSE(bench_->client->has_news());
}

TEST_F(RepositoryMirrorsTest, PassesOverANeighbourThatServesLessThanItSpeaksOf) {
  neighbour(9, first_);

  EXPECT_EQ(newest_version(), "2.0");

  EXPECT_NE(bench_->event("mirror_passed_over").find("speaks of version 9 and has version 1"),
            std::string::npos);
}

TEST_F(RepositoryMirrorsTest, PassesOverANeighbourThatServesOlderMetadataThanIsTrusted) {
  ASSERT_EQ(newest_version(), "2.0");
  neighbour(9, first_);

  EXPECT_EQ(newest_version(), "2.0");

  EXPECT_NE(bench_->event("mirror_passed_over").find("rollback"), std::string::npos);
}

TEST_F(RepositoryMirrorsTest, PassesOverANeighbourThatServesAnotherManifest) {
  std::map<std::string, std::string> wrong = signed_.files;
  for (auto& [path, bytes] : wrong) {
    if (path.starts_with("targets/releases/")) bytes.back() = 'x';
  }
  neighbour(2, wrong);

  EXPECT_EQ(newest_version(), "2.0");

  EXPECT_NE(bench_->event("mirror_passed_over").find("is not the signed file"), std::string::npos);
}

TEST_F(RepositoryMirrorsTest, AsksTheRepositoryWhenANeighbourIsGone) {
  neighbour(2, signed_.files);
  mirrors_.front()->close();

  EXPECT_EQ(newest_version(), "2.0");

  EXPECT_FALSE(wan_.asked.empty());
  EXPECT_EQ(bench_->event("mirror_passed_over"), "") << "whoever is switched off has not lied";
}

TEST_F(RepositoryMirrorsTest, WaitsForTheNeighbourThatIsAskingTheRepository) {
  neighbour(0, {}).asks_wan = true;
  bench_->beacons.on_wait = [this](std::chrono::milliseconds) {
    clock_.advance(300ms);
    mirrors_.front()->files = signed_.files;
    bench_->beacons.mirrors.front().asks_wan = false;
    bench_->beacons.mirrors.front().version = 2;
  };

  EXPECT_EQ(newest_version(), "2.0");

  EXPECT_TRUE(wan_.asked.empty());
}

TEST_F(RepositoryMirrorsTest, ANeighboursLookIsNotEnoughWhenTheOperatorAsks) {
  wan_.files = first_;
  ASSERT_EQ(newest_version(), "1.0");
  neighbour(1, first_).wan_checked = clock_.steady();
  wan_.files = signed_.files;
  clock_.advance(10s);
  EXPECT_EQ(newest_version(), "1.0");

  bench_->client->want_fresh();

  EXPECT_EQ(newest_version(), "2.0");
}

TEST_F(RepositoryMirrorsTest, ANeighbourThatHidesNewsCanDoSoForTenCheckIntervals) {
  wan_.files = first_;
  ASSERT_EQ(newest_version(), "1.0");
  wan_.files = signed_.files;
  neighbour(1, first_);

  int checks = 0;
  do {
    clock_.advance(300s);
    bench_->beacons.mirrors.front().wan_checked = clock_.steady();
    ++checks;
  } while (newest_version() == "1.0" && checks < 100);

  EXPECT_LE(checks, 10);
  EXPECT_GE(checks, 7);
}

TEST_F(RepositoryMirrorsTest, GoesOnWithWhatTheSiteKnowsWhileTheWanIsAway) {
  ASSERT_EQ(newest_version(), "2.0");
  wan_.close();
  EXPECT_NE(newest_version(), "2.0");

  neighbour(2, signed_.files);

  EXPECT_EQ(newest_version(), "2.0");
  EXPECT_NE(bench_->event("check_failed").find("going on with what the site knows"), std::string::npos);
}

TEST_F(RepositoryMirrorsTest, ATorrentComesFromTheNeighbourThatHasIt) {
  const Digest torrent = sha256(as_bytes("torrent"));
  neighbour(2, signed_.files);
  ASSERT_EQ(newest_version(), "2.0");
  bench_->beacons.on_wait = [&](std::chrono::milliseconds) {
    clock_.advance(100ms);
    mirrors_.front()->files[torrent_path(torrent)] = "torrent";
    ++bench_->beacons.mirrors.front().stock;
  };

  EXPECT_TRUE(bench_->fetch({torrent_path(torrent), 7, torrent}));

  EXPECT_TRUE(wan_.asked.empty());
}

TEST_F(RepositoryMirrorsTest, ATorrentThatNoNeighbourHasComesFromTheRepositoryInTurn) {
  const Digest torrent = sha256(as_bytes("torrent"));
  wan_.files[torrent_path(torrent)] = "torrent";
  neighbour(2, signed_.files);
  ASSERT_EQ(newest_version(), "2.0");
  const SteadyTime began = clock_.steady();

  EXPECT_TRUE(bench_->fetch({torrent_path(torrent), 7, torrent}));

  EXPECT_EQ(clock_.steady() - began, 500ms) << "one neighbour ranks before this device";
}

TEST_F(RepositoryMirrorsTest, ManyThatLieDelayADeviceOnlySoLong) {
  std::map<std::string, std::string> garbage = signed_.files;
  garbage["metadata/timestamp.json"] = "garbage";
  for (int i = 0; i < 20; ++i) neighbour(2, garbage).address = "127.0.0." + std::to_string(i + 1);

  EXPECT_EQ(newest_version(), "2.0");

  const auto asked = std::count_if(mirrors_.begin(), mirrors_.end(), [](const auto& each) {
    return std::count(each->asked.begin(), each->asked.end(), "metadata/timestamp.json") > 0;
  });
  EXPECT_EQ(asked, 8);
}

}  // namespace
}  // namespace dunlin
