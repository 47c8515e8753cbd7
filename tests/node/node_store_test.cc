#include "node/node_store.h"

#include <filesystem>
#include <fstream>

#include "dunlin_node_migrations.h"
#include "tests/fakes/temporary_folder.h"
#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

UpdatePlan sample_plan(std::string version = "2.0") {
  UpdatePlan plan;
  plan.version = std::move(version);
  plan.manifest = sha256(as_bytes("manifest"));
  plan.image = "rootfs";
  plan.image_id = sha256(as_bytes(plan.version));
  plan.image_size = std::uint64_t{3} << 32;
  plan.pack = {"packs/p.pack", 1'000, sha256(as_bytes("pack " + plan.version))};
  plan.torrent = {"torrents/t.torrent", 300, sha256(as_bytes("torrent"))};
  plan.base = sha256(as_bytes("base"));
  plan.reason = "delta";
  return plan;
}

class NodeStoreTest : public testing::Test {
 protected:
  NodeStore open() {
    Result<NodeStore> store = NodeStore::open(disk_, path_, &damage_);
    EXPECT_TRUE(store) << store.error().message;
    return std::move(*store);
  }

  PosixDisk disk_;
  TemporaryFolder temporary_;
  std::string folder_ = temporary_.path();
  std::string path_ = folder_ + "/node.db";
  std::string damage_;
};

TEST_F(NodeStoreTest, StartsIdleAndEmpty) {
  NodeStore store = open();

  EXPECT_EQ(store.machine()->phase, Phase::idle);
  EXPECT_FALSE(*store.plan());
  EXPECT_EQ(store.checkpoint()->next_segment, 0U);
  EXPECT_EQ(*store.ledger("2.0"), UpdateLedger());
  EXPECT_EQ(*store.setting("asked"), "");
  EXPECT_TRUE(damage_.empty());
}

TEST_F(NodeStoreTest, RemembersEverythingOverARestart) {
  const UpdateLedger ledger{1, 2, 3, 4, 5, 6, 7, 8, std::uint64_t{1} << 40};
  {
    NodeStore store = open();
    ASSERT_TRUE(store.save_machine({Phase::waiting, WallTime(std::chrono::milliseconds(77)), 3, "no link"}));
    ASSERT_TRUE(store.save_plan(sample_plan()));
    ASSERT_TRUE(store.save_checkpoint({17, std::uint64_t{5} << 30}));
    ASSERT_TRUE(store.save_ledger("2.0", ledger));
    ASSERT_TRUE(store.add_failed({"1.5", "abc", "refused", "bad pack"}, WallTime()));
    ASSERT_TRUE(store.save_setting("asked", "1"));
    ASSERT_TRUE(store.keep_pack(sample_plan()));
  }
  NodeStore store = open();

  const MachineState machine = *store.machine();
  EXPECT_EQ(machine.phase, Phase::waiting);
  EXPECT_EQ(machine.retry_at, WallTime(std::chrono::milliseconds(77)));
  EXPECT_EQ(machine.attempts, 3);
  EXPECT_EQ(machine.last_error, "no link");
  EXPECT_EQ(**store.plan(), sample_plan());
  EXPECT_EQ(store.checkpoint()->next_segment, 17U);
  EXPECT_EQ(store.checkpoint()->target_bytes, std::uint64_t{5} << 30);
  EXPECT_EQ(*store.ledger("2.0"), ledger);
  EXPECT_EQ(store.failed_releases()->at(0).reason, "bad pack");
  EXPECT_EQ(*store.setting("asked"), "1");
  EXPECT_EQ(store.kept_packs()->at(0), sample_plan());
}

TEST_F(NodeStoreTest, KeepsTheCheckpointWhenTheSamePackIsPlannedAgain) {
  NodeStore store = open();
  ASSERT_TRUE(store.save_plan(sample_plan()));
  ASSERT_TRUE(store.save_checkpoint({9, 900}));

  ASSERT_TRUE(store.save_plan(sample_plan()));

  EXPECT_EQ(store.checkpoint()->next_segment, 9U);
}

TEST_F(NodeStoreTest, KeepsHowFarTheImageIsWhenAnotherPackOfItIsPlanned) {
  NodeStore store = open();
  UpdatePlan other = sample_plan();
  other.pack.sha256 = sha256(as_bytes("the full pack"));
  ASSERT_TRUE(store.save_plan(sample_plan()));
  ASSERT_TRUE(store.save_checkpoint({9, 900}));

  ASSERT_TRUE(store.save_plan(other));

  EXPECT_EQ(**store.plan(), other);
  EXPECT_EQ(store.checkpoint()->next_segment, 0U);
  EXPECT_EQ(store.checkpoint()->target_bytes, 900U);
}

TEST_F(NodeStoreTest, ForgetsTheCheckpointWhenAnotherImageIsPlanned) {
  NodeStore store = open();
  UpdatePlan other = sample_plan("3.0");
  other.image_id = sha256(as_bytes("another image"));
  ASSERT_TRUE(store.save_plan(sample_plan()));
  ASSERT_TRUE(store.save_checkpoint({9, 900}));

  ASSERT_TRUE(store.save_plan(other));

  EXPECT_EQ(store.checkpoint()->next_segment, 0U);
  EXPECT_EQ(store.checkpoint()->target_bytes, 0U);
}

TEST_F(NodeStoreTest, CountsFailedReadBacksAndStartsOver) {
  NodeStore store = open();
  ASSERT_TRUE(store.save_plan(sample_plan()));
  ASSERT_TRUE(store.save_checkpoint({9, 900}));

  EXPECT_EQ(*store.count_commit_failure(), 1);
  EXPECT_EQ(*store.count_commit_failure(), 2);

  EXPECT_EQ(store.checkpoint()->next_segment, 0U);
}

TEST_F(NodeStoreTest, NumbersEventsAndReturnsThoseAfterAnId) {
  NodeStore store = open();
  const std::int64_t first = *store.add_event({0, WallTime(), "planned", "2.0", "one"});
  const std::int64_t second = *store.add_event({0, WallTime(), "staged", "2.0", "two"});

  EXPECT_LT(first, second);
  EXPECT_EQ(store.events(0, 10)->size(), 2U);
  EXPECT_EQ(store.events(first, 10)->at(0).text, "two");
  EXPECT_TRUE(store.events(second, 10)->empty());
}

TEST_F(NodeStoreTest, ForgetsAFailedReleaseByVersion) {
  NodeStore store = open();
  ASSERT_TRUE(store.add_failed({"3.0", "", "fell_back", "app"}, WallTime()));

  ASSERT_TRUE(store.forget_failed("3.0"));

  EXPECT_TRUE(store.failed_releases()->empty());
}

TEST_F(NodeStoreTest, MovesADamagedFileAsideAndStartsAnew) {
  std::ofstream(path_) << "this is not a database, it is a sentence long enough to look like a file";

  NodeStore store = open();

  EXPECT_EQ(store.machine()->phase, Phase::idle);
  EXPECT_TRUE(std::filesystem::exists(path_ + ".damaged"));
  EXPECT_THAT(damage_, testing::HasSubstr("nothing installed is lost"));
}

TEST_F(NodeStoreTest, SurvivesDamageInAnyPage) {
  {
    NodeStore store = open();
    for (int i = 0; i < 50; ++i)
      ASSERT_TRUE(store.add_event({0, WallTime(), "kind", "", std::string(200, 'x')}));
  }
  const auto size = std::filesystem::file_size(path_);
  const std::string intact = folder_ + "/intact";
  std::filesystem::copy_file(path_, intact);
  for (std::uintmax_t offset = 0; offset < size; offset += 4'096) {
    std::filesystem::copy_file(intact, path_, std::filesystem::copy_options::overwrite_existing);
    std::filesystem::remove(path_ + "-wal");
    std::filesystem::remove(path_ + "-shm");
    {
      std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(static_cast<std::streamoff>(offset));
      file << std::string(64, '\xa5');
    }
    NodeStore store = open();
    EXPECT_TRUE(store.save_machine({Phase::fetching, {}, 0, ""})) << "page at " << offset;
    EXPECT_EQ(store.machine()->phase, Phase::fetching);
  }
}

TEST_F(NodeStoreTest, KeepsWhatCrossedTheWanByMonthAndByUpdate) {
  const WanSpending first{24'322, {1, 2}, "2.0", {3, 4}};
  const WanSpending second{24'323, {5, 6}, "3.0", {7, 8}};
  ASSERT_TRUE(open().save_wan_spending(first));
  ASSERT_TRUE(open().save_wan_spending(second));

  EXPECT_EQ(*open().wan_spending(), (WanSpending{24'323, {5, 6}, "", {}}));
  EXPECT_EQ(*open().wan_of_update("2.0"), (WanCount{3, 4}));
  EXPECT_EQ(*open().wan_of_update("3.0"), (WanCount{7, 8}));
  EXPECT_EQ(*open().wan_of_update("4.0"), WanCount());
}

TEST_F(NodeStoreTest, RefusesADatabaseOfANewerProgram) {
  {
    NodeStore store = open();
    Result<Database> database = Database::open(path_, dunlin_node_migrations);
    ASSERT_TRUE(database);
    ASSERT_TRUE(database->execute("PRAGMA user_version = 999"));
  }
  Result<NodeStore> store = NodeStore::open(disk_, path_, &damage_);

  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().kind, ErrorKind::usage);
  EXPECT_FALSE(std::filesystem::exists(path_ + ".damaged"));
}

TEST(UpdatePlan, ReadsBackWhatItWrote) {
  Result<UpdatePlan> plan = parse_update_plan(to_json(sample_plan()));

  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(*plan, sample_plan());
}

TEST(UpdatePlan, RefusesOrReadsEveryTruncationAndChange) {
  const std::string text = to_json(sample_plan());
  for (std::size_t i = 0; i < text.size(); ++i) {
    EXPECT_FALSE(parse_update_plan(text.substr(0, i)));
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    Result<UpdatePlan> plan = parse_update_plan(changed);
    (void)plan;  // either is right; it must not crash
  }
}

TEST(UpdatePlan, KeepsHowTheImageComes) {
  UpdatePlan plan = sample_plan();
  plan.source = SourceKind::image;
  plan.image_torrent = RepositoryFile{"torrents/i.torrent", 400, sha256(as_bytes("image torrent"))};
  plan.wan_bytes = 12;

  const Result<UpdatePlan> read = parse_update_plan(to_json(plan));

  ASSERT_TRUE(read);
  EXPECT_EQ(*read, plan);
  EXPECT_EQ(read->first_torrent(), *plan.image_torrent);
  EXPECT_EQ(sample_plan().first_torrent(), sample_plan().torrent);
}

TEST(UpdatePlan, ReadsPlansThatWereStoredBeforeImageTorrents) {
  const std::string old =
      R"({"version": "2.0", "manifest": ")" + std::string(64, '1') +
      R"(", "image": "rootfs", "image_id": ")" + std::string(64, '2') +
      R"(", "image_size": 7, "reason": "delta", "pack": {"path": "p", "size": 1, "sha256": ")" +
      std::string(64, '3') + R"("}, "torrent": {"path": "t", "size": 1, "sha256": ")" + std::string(64, '4') +
      R"("}})";

  const Result<UpdatePlan> plan = parse_update_plan(old);

  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->source, SourceKind::pack);
  EXPECT_FALSE(plan->image_torrent);
}

TEST(UpdatePlan, KeepsWhichPacksAreCheaperAndReadsPlansWithoutThem) {
  UpdatePlan plan = sample_plan();
  plan.cheaper = {{sha256(as_bytes("delta")), 7}, {sha256(as_bytes("other")), 9}};

  EXPECT_EQ(parse_update_plan(to_json(plan))->cheaper, plan.cheaper);
  EXPECT_TRUE(parse_update_plan(to_json(sample_plan()))->cheaper.empty());
  std::string damaged = to_json(plan);
  damaged.replace(damaged.find("\"size\":7"), 8, "\"size\":x");
  EXPECT_FALSE(parse_update_plan(damaged));
}

TEST(UpdatePlan, AnImageIsNearerWhenANeighbourHasAllOfItAndNobodyThePack) {
  UpdatePlan plan = sample_plan();
  plan.image_torrent = RepositoryFile{};
  const LanOffer image{content_key(plan.image_id), plan.image_size, "b"};
  const LanOffer part{content_key(plan.image_id), plan.image_size - 1, "b"};
  const LanOffer pack{content_key(plan.pack.sha256), plan.pack.size, "c"};
  UpdatePlan without_torrent = plan;
  without_torrent.image_torrent.reset();

  EXPECT_TRUE(image_is_nearer(plan, {image}, {}));
  EXPECT_FALSE(image_is_nearer(plan, {part}, {}));
  EXPECT_FALSE(image_is_nearer(plan, {image, pack}, {}));
  EXPECT_FALSE(image_is_nearer(plan, {image}, {plan.image_id}));
  EXPECT_FALSE(image_is_nearer(without_torrent, {image}, {}));
}

}  // namespace
}  // namespace dunlin
