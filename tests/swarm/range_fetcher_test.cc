// The leader's leg against a real server on loopback that is cut, slow, refusing and lying.
#include "swarm/range_fetcher.h"

#include "tests/fakes/fake_wan_gate.h"
#include "tests/swarm/swarm_lab.h"

namespace dunlin {
namespace {

constexpr std::uint32_t piece_bytes = 65'536;

// Wants everything in order, once; remembers what happened.
struct FakeTarget final : RangeTarget {
  explicit FakeTarget(std::uint32_t count) : have(count), taken(count), wanted(count) {
    for (std::uint32_t i = 0; i < count; ++i) wanted.insert(i);
  }
  std::optional<FetchRun> take_run(std::uint32_t count_max) override {
    const auto run = next_fetch_run({have, wanted, taken, {}}, std::min(count_max, run_max));
    for (std::uint32_t i = 0; run && i < run->count; ++i) taken.insert(run->first + i);
    return run;
  }
  bool wants(std::uint32_t piece) const override { return wanted.has(piece) && !have.has(piece); }
  void give_back(FetchRun run) override {
    for (std::uint32_t i = 0; i < run.count; ++i) taken.erase(run.first + i);
  }
  void deliver(std::uint32_t piece, ByteView bytes) override {
    have.insert(piece);
    std::copy(bytes.begin(), bytes.end(), content.begin() + static_cast<std::ptrdiff_t>(piece * piece_bytes));
  }
  void waste(std::uint64_t bytes) override { wasted += bytes; }
  void report(const std::string& text) override { troubles.push_back(text); }

  PieceSet have;
  PieceSet taken;
  PieceSet wanted;
  std::uint32_t run_max = 100;
  Bytes content;
  std::uint64_t wasted = 0;
  std::vector<std::string> troubles;
};

struct RangeFetcherTest : testing::Test {
  RangeFetcherTest() {
    target.content.resize(content.size());
    fetcher = std::make_shared<RangeFetcher>(site.loop, http, clock, random, torrent, seeder.url(),
                                             std::chrono::milliseconds(300), gate, target);
  }
  ~RangeFetcherTest() override {
    fetcher->stop();
    seeder.cut();
    site.run_until([] { return false; }, std::chrono::seconds(0));
  }

  bool fetch_all() {
    fetcher->set_active(true);
    return site.run_until([&] { return target.have.is_full(); });
  }
  bool heard(const std::string& words) const {
    return std::any_of(target.troubles.begin(), target.troubles.end(),
                       [&](const std::string& each) { return each.find(words) != std::string::npos; });
  }

  Bytes content = random_content(5 * piece_bytes + 777, 9);
  LabSite site{0};
  LabSeeder seeder{site.loop, content};
  SystemClock clock;
  SeededRandom random{1};
  HttpClient http{site.loop.io(), ""};
  std::shared_ptr<const TorrentFile> torrent =
      std::make_shared<const TorrentFile>(parse_torrent(torrent_of(content)).value());
  FakeTarget target{torrent->piece_count()};
  std::shared_ptr<FakeWanGate> gate = std::make_shared<FakeWanGate>();
  std::shared_ptr<RangeFetcher> fetcher;
};

TEST_F(RangeFetcherTest, ReadsEverythingOnce) {
  ASSERT_TRUE(fetch_all());

  EXPECT_EQ(target.content, content);
  EXPECT_EQ(seeder.sent, content.size());
  EXPECT_EQ(target.wasted, 0u);
}

TEST_F(RangeFetcherTest, NoByteCrossesTwiceWhereverConnectionsAreCut) {
  for (const std::uint64_t cut_after : {60'000u, 65'536u, 65'537u, 100'001u, 150'000u}) {
    FakeTarget anew(torrent->piece_count());
    anew.content.resize(content.size());
    seeder.cut_after = cut_after;
    seeder.sent = 0;
    const auto cut = std::make_shared<RangeFetcher>(site.loop, http, clock, random, torrent, seeder.url(),
                                                    std::chrono::milliseconds(300), gate, anew);
    cut->set_active(true);

    const bool done = site.run_until([&] { return anew.have.is_full(); });

    cut->stop();
    ASSERT_TRUE(done);
    EXPECT_EQ(anew.content, content);
    EXPECT_EQ(seeder.sent, content.size()) << "cut after " << cut_after;
    EXPECT_EQ(anew.wasted, 0u);
  }
}

TEST_F(RangeFetcherTest, PiecesComeOutWhileTheAnswerIsStillComing) {
  seeder.rate = 400'000;
  fetcher->set_active(true);

  ASSERT_TRUE(site.run_until([&] { return target.have.count() == 1; }));

  EXPECT_EQ(seeder.asked.size(), 1u);
  EXPECT_LT(seeder.sent, content.size() / 2);
}

TEST_F(RangeFetcherTest, AHandOverEndsTheAnswerAtTheEndOfAPiece) {
  seeder.rate = 400'000;
  fetcher->set_active(true);
  ASSERT_TRUE(site.run_until([&] { return target.have.count() == 1 && fetcher->pending() > 0; }));

  fetcher->set_active(false);

  ASSERT_TRUE(site.run_until([&] { return target.have.count() == 2 && target.taken.count() == 2; }));
  EXPECT_EQ(fetcher->pending(), 0u);
  ASSERT_TRUE(fetch_all());
  EXPECT_EQ(seeder.asked.back(), 2u * piece_bytes);
  EXPECT_LT(target.wasted, piece_bytes / 2);
}

TEST_F(RangeFetcherTest, APieceThatCameAnotherWayIsNotReadToo) {
  seeder.rate = 400'000;
  fetcher->set_active(true);
  ASSERT_TRUE(site.run_until([&] { return target.have.count() == 1; }));

  for (std::uint32_t i = 2; i < 5; ++i) target.have.insert(i);

  ASSERT_TRUE(site.run_until([&] { return target.have.is_full(); }));
  EXPECT_LT(seeder.sent, content.size() - 2 * piece_bytes);
}

TEST_F(RangeFetcherTest, SilenceEndsTheConnectionAndLosesNothing) {
  seeder.rate = 400'000;
  fetcher->set_active(true);
  ASSERT_TRUE(site.run_until([&] { return target.have.count() == 1 && fetcher->pending() > 0; }));
  seeder.silent = true;
  ASSERT_TRUE(site.run_until([&] { return heard("nothing moved"); }));
  const std::uint64_t before = seeder.sent;

  seeder.cut();
  seeder.silent = false;
  seeder.rate = 0;

  ASSERT_TRUE(fetch_all());
  EXPECT_EQ(target.content, content);
  EXPECT_LE(seeder.sent, content.size() + 2 * 4'096) << before;
}

TEST_F(RangeFetcherTest, APieceWithAWrongByteIsAskedForAgainAndTheServerIsNamed) {
  seeder.lie = true;
  fetcher->set_active(true);
  ASSERT_TRUE(site.run_until([&] { return heard("does not match the signed torrent"); }));

  seeder.lie = false;

  ASSERT_TRUE(fetch_all());
  EXPECT_EQ(target.content, content);
  EXPECT_GE(target.wasted, piece_bytes);
}

TEST_F(RangeFetcherTest, AServerThatIsOverloadedIsLeftAloneAsLongAsItAsks) {
  seeder.down = true;
  seeder.down_header = "Retry-After: 1\r\n";
  fetcher->set_active(true);
  ASSERT_TRUE(site.run_until([&] { return heard("the server answers 503"); }));
  const std::size_t asked = seeder.asked.size();
  seeder.down = false;

  ASSERT_TRUE(fetch_all());

  ASSERT_GT(seeder.asked_at.size(), asked);
  EXPECT_GE(seeder.asked_at[asked] - seeder.asked_at[asked - 1], std::chrono::milliseconds(990));
}

TEST_F(RangeFetcherTest, AServerWithoutRangesIsReadOnceFromTheStart) {
  seeder.whole = true;
  seeder.rate = 2'000'000;
  target.have.insert(0);
  target.have.insert(3);
  std::copy_n(content.begin(), 4 * piece_bytes, target.content.begin());

  ASSERT_TRUE(fetch_all());

  EXPECT_TRUE(heard("does not serve ranges"));
  EXPECT_EQ(target.content, content);
  EXPECT_GE(target.wasted, 2u * piece_bytes);
  EXPECT_LE(target.wasted, 2u * piece_bytes + 2 * 65'536) << "and what came on the second connection";
}

TEST_F(RangeFetcherTest, AServerWithoutRangesThatBringsNothingNewIsNotReadOverAndOver) {
  seeder.whole = true;
  seeder.cut_after = 2 * piece_bytes + 5'000;
  fetcher->set_active(true);

  ASSERT_TRUE(site.run_until([&] { return seeder.asked.size() >= 2 && target.have.count() == 2; }));
  site.run_until([&] { return seeder.asked.size() > 3; }, std::chrono::seconds(2));

  EXPECT_LE(seeder.asked.size(), 3u);
}

TEST_F(RangeFetcherTest, BytesOfAnotherPlaceAreNotTaken) {
  seeder.shift = 10;
  fetcher->set_active(true);

  ASSERT_TRUE(site.run_until([&] { return heard("Content-Range"); }));

  seeder.shift = 0;
  ASSERT_TRUE(fetch_all());
  EXPECT_EQ(target.content, content);
}

TEST_F(RangeFetcherTest, StopsAtTheWallBetweenPiecesAndGoesOnBehindThem) {
  gate->limit = 3 * piece_bytes + 1'000;
  fetcher->set_active(true);
  ASSERT_TRUE(site.run_until([&] { return target.have.count() == 3 && gate->held == 0; }));
  site.run_until([] { return false; }, std::chrono::seconds(0));

  EXPECT_EQ(seeder.sent, 3u * piece_bytes);
  EXPECT_EQ(gate->spent, 3u * piece_bytes);
  gate->limit = content.size();
  ASSERT_TRUE(fetch_all());

  EXPECT_EQ(seeder.sent, content.size());
  EXPECT_EQ(target.content, content);
}

TEST_F(RangeFetcherTest, ReadsPartOfAPieceWhenTheWallIsInsideItAndKeepsIt) {
  gate->limit = 2 * piece_bytes + 1'000;
  gate->parts = true;
  fetcher->set_active(true);
  ASSERT_TRUE(site.run_until([&] { return gate->spent == gate->limit && target.have.count() == 2; }));
  ASSERT_TRUE(site.run_until([&] { return fetcher->pending() == 1'000; }));

  gate->limit = content.size();
  ASSERT_TRUE(fetch_all());

  EXPECT_EQ(seeder.sent, content.size());
  EXPECT_EQ(target.content, content);
}

TEST_F(RangeFetcherTest, ReadsNoFasterThanTheGateSays) {
  gate->bucket = TokenBucket(400'000);
  const SteadyTime start = clock.steady();

  ASSERT_TRUE(fetch_all());

  EXPECT_GE(clock.steady() - start, std::chrono::milliseconds((content.size() - 200'000) * 1'000 / 400'000));
  EXPECT_EQ(target.content, content);
}

TEST_F(RangeFetcherTest, EveryByteThatCameIsCountedWhereverConnectionsAreCut) {
  seeder.cut_after = 100'001;

  ASSERT_TRUE(fetch_all());

  EXPECT_EQ(gate->spent, seeder.sent);
  ASSERT_TRUE(site.run_until([&] { return gate->held == 0; }));
}

TEST_F(RangeFetcherTest, AServerWithoutRangesIsNotReadWhenTheWallIsBeforeTheEnd) {
  seeder.whole = true;
  seeder.rate = 400'000;
  gate->limit = content.size() - 1;
  fetcher->set_active(true);

  ASSERT_TRUE(site.run_until([&] { return heard("does not allow everything"); }));

  EXPECT_EQ(target.have.count(), 0u);
  EXPECT_LE(gate->spent, 2u * 65'536);
}

}  // namespace
}  // namespace dunlin
