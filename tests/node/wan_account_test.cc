// The data budget over restarts and months, with a real store.
#include "node/wan_account.h"

#include "dunlin_node_migrations.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/temporary_folder.h"
#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

constexpr std::uint64_t mb = 1'000'000;

struct WanAccountTest : testing::Test {
  WanAccountTest() { restart(); }

  // A kill: nothing is said to the old one.
  void restart() {
    account.reset();
    journal.reset();
    store.reset();
    std::string damage;
    store.emplace(std::move(*NodeStore::open(disk, folder.path() + "/node.db", &damage)));
    journal.emplace(*store, clock);
    live = LiveStatus();
    account.emplace(WanAccount::Rules{limits, rules, rate}, *store, *journal, clock, live);
  }
  void use_up() {
    const std::uint64_t held = account->reserve(100 * mb, 1'000);
    account->release(held);
    account->spend(held);
  }
  int told(const std::string& kind) {
    const std::vector<NodeEvent> events = *store->events(0, 1'000);
    return static_cast<int>(std::count_if(events.begin(), events.end(),
                                          [&](const NodeEvent& each) { return each.kind == kind; }));
  }

  PosixDisk disk;
  TemporaryFolder folder;
  FakeClock clock;
  WanLimits limits{10 * mb, std::nullopt};
  WanRules rules;
  std::uint64_t rate = 0;
  std::optional<NodeStore> store;
  std::optional<Journal> journal;
  LiveStatus live;
  std::optional<WanAccount> account;
};

TEST_F(WanAccountTest, AtTheWallItIsClosedAndSaysWhyOnce) {
  EXPECT_EQ(account->closed_by(), "");

  use_up();
  account->tick();

  EXPECT_EQ(account->closed_by(), "budget");
  EXPECT_EQ(live.wan.state, "budget");
  EXPECT_THAT(live.wan.reason, testing::HasSubstr("10.0 MB of 10.0 MB"));
  EXPECT_FALSE(account->admit_small());
  EXPECT_EQ(told("budget_reached"), 1);
}

TEST_F(WanAccountTest, AKillBringsNoNewBudget) {
  use_up();

  restart();

  EXPECT_EQ(account->closed_by(), "budget");
  EXPECT_EQ(account->reserve(mb, 1'000), 0u);
}

TEST_F(WanAccountTest, AKillInTheMiddleOfARequestCountsAtLeastWhatCame) {
  account->reserve(8 * mb, 1'000);
  for (int i = 0; i < 50; ++i) {
    account->release(50'000);
    account->spend(50'000);
  }

  restart();

  EXPECT_GE(live.wan.spent.in_month.own, 50u * 50'000);
  EXPECT_LE(live.wan.spent.in_month.own, 50u * 50'000 + 65'536);
}

TEST_F(WanAccountTest, WhenTheMonthTurnsItOpensWhetherItRanMeanwhileOrNot) {
  for (const bool runs : {true, false}) {
    use_up();
    ASSERT_EQ(account->closed_by(), "budget");

    clock.set_wall(clock.now() + std::chrono::days(32));
    runs ? account->tick() : restart();

    EXPECT_EQ(account->closed_by(), "");
    EXPECT_EQ(live.wan.state, "ok");
    EXPECT_EQ(live.wan.spent.in_month, WanCount());
  }
  EXPECT_EQ(told("budget_renewed"), 2);
}

TEST_F(WanAccountTest, AClockSetBackOverARestartBringsNothing) {
  use_up();

  clock.set_wall(clock.now() - std::chrono::days(40));
  restart();

  EXPECT_EQ(account->closed_by(), "budget");
}

TEST_F(WanAccountTest, AnUpdateKeepsItsCountOverARestart) {
  limits = {std::nullopt, 10 * mb};
  restart();
  account->begin_update("2.0");
  use_up();
  ASSERT_EQ(account->closed_by(), "budget");
  EXPECT_TRUE(account->admit_small()) << "a newer release is still looked for";

  restart();
  account->begin_update("2.0");
  EXPECT_EQ(account->closed_by(), "budget");

  account->begin_update("3.0");
  EXPECT_EQ(account->closed_by(), "");
}

TEST_F(WanAccountTest, WhatNeighboursReadIsKeptToo) {
  account->note_shared(4 * mb);
  account->tick();

  restart();

  EXPECT_EQ(live.wan.spent.in_month.shared, 4 * mb);
  EXPECT_EQ(account->reserve(100 * mb, 1'000), 6 * mb);
}

TEST_F(WanAccountTest, HopesForNeighboursFromWhenAReleaseIsTakenUp) {
  rules.wait = std::chrono::seconds(60);
  restart();
  EXPECT_EQ(account->closed_by(), "");

  account->begin_update("2.0");
  EXPECT_EQ(account->closed_by(), "neighbours");
  EXPECT_EQ(account->reserve(mb, 1'000), 0u);
  EXPECT_TRUE(account->admit_small());

  clock.advance(std::chrono::seconds(60));
  account->tick();
  EXPECT_EQ(account->closed_by(), "");
}

TEST_F(WanAccountTest, HintsCloseItAndOpenItAgain) {
  rules.metered = HintRule::stop;
  restart();

  account->set_hints({true, true});
  EXPECT_EQ(live.wan.state, "metered");
  EXPECT_EQ(live.wan.reluctant_by, "battery");

  account->set_hints({false, false});
  EXPECT_EQ(live.wan.state, "ok");
  EXPECT_FALSE(account->is_reluctant());
}

TEST_F(WanAccountTest, TheWallComesBeforeOtherReasons) {
  rules.metered = HintRule::stop;
  restart();
  use_up();

  account->set_hints({true, false});

  EXPECT_EQ(live.wan.state, "budget");
}

TEST_F(WanAccountTest, WhatIsReadIsPaced) {
  rate = 100'000;
  restart();
  clock.advance(std::chrono::seconds(1));  // a pause is not saved up, so a quarter of a second is free

  EXPECT_EQ(account->pace(50'000), std::chrono::milliseconds(250));
  EXPECT_EQ(account->portion(), 25'000u);
}

TEST_F(WanAccountTest, WhatCannotBeStoredIsNotSpent) {
  Result<Database> other = Database::open(folder.path() + "/node.db", dunlin_node_migrations);
  ASSERT_TRUE(other);
  ASSERT_TRUE(other->execute("ALTER TABLE wan_month RENAME TO gone"));

  EXPECT_EQ(account->reserve(mb, 1'000), 0u);
  EXPECT_EQ(account->closed_by(), "budget");
  EXPECT_FALSE(account->admit_small());

  ASSERT_TRUE(other->execute("ALTER TABLE gone RENAME TO wan_month"));
  account->tick();
  EXPECT_EQ(account->reserve(mb, 1'000), mb);
}

}  // namespace
}  // namespace dunlin
