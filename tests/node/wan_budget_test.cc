#include "node/wan_budget.h"

#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

constexpr std::uint64_t mb = 1'000'000;
constexpr int november = 2026 * 12 + 10;

WanBudget budget_of(std::optional<std::uint64_t> month, std::optional<std::uint64_t> update = {}) {
  WanBudget budget({month, update}, WanSpending());
  budget.see_month(november);
  return budget;
}

// As a transfer does: holds, receives, and stores what is due before anything else.
void read(WanBudget& budget, std::uint64_t bytes) {
  budget.release(bytes);
  budget.spend(bytes);
  if (const auto due = budget.due()) budget.stored(*due);
}

TEST(WanBudget, WithoutALimitEverythingIsAllowedAndCounted) {
  WanBudget budget = budget_of({});

  EXPECT_EQ(budget.reserve(1'000 * mb, mb), 1'000 * mb);
  read(budget, 1'000 * mb);

  EXPECT_EQ(budget.wall(), WanWall::none);
  EXPECT_EQ(budget.spent().in_month.own, 1'000 * mb);
  EXPECT_EQ(budget.left(), std::nullopt);
}

TEST(WanBudget, NeverHoldsMoreThanIsLeft) {
  WanBudget budget = budget_of(10 * mb);

  EXPECT_EQ(budget.reserve(6 * mb, 1'000), 6 * mb);
  EXPECT_EQ(budget.reserve(6 * mb, 1'000), 4 * mb);
  EXPECT_EQ(budget.reserve(1, 1), 0u);
}

TEST(WanBudget, TheWallIsReachedByWhatCameAndNotByWhatIsHeld) {
  WanBudget budget = budget_of(10 * mb);
  budget.reserve(10 * mb, 1'000);
  EXPECT_EQ(budget.reserve(mb, 1'000), 0u);
  EXPECT_EQ(budget.wall(), WanWall::none);

  read(budget, 10 * mb);

  EXPECT_EQ(budget.wall(), WanWall::month);
}

TEST(WanBudget, WhatDidNotComeIsThereAgain) {
  WanBudget budget = budget_of(10 * mb);
  budget.reserve(10 * mb, 1'000);

  budget.release(10 * mb);

  EXPECT_EQ(budget.reserve(10 * mb, 1'000), 10 * mb);
}

TEST(WanBudget, ALastPieceThatDoesNotFitIsLeftWhenThatMissesTheWallByLessThanAHundredth) {
  WanBudget budget = budget_of(10 * mb);
  budget.spend(10 * mb - 90'000);

  EXPECT_EQ(budget.reserve(200'000, 100'000), 0u);
  EXPECT_EQ(budget.wall(), WanWall::month);
  EXPECT_FALSE(budget.is_month_used_up());
}

TEST(WanBudget, ALastPieceThatDoesNotFitIsReadInPartWhenTheRestIsMoreThanAHundredth) {
  WanBudget budget = budget_of(10 * mb);
  budget.spend(10 * mb - 200'000);

  EXPECT_EQ(budget.reserve(2 * mb, mb), 200'000u);
  read(budget, 200'000);

  EXPECT_EQ(budget.wall(), WanWall::month);
  EXPECT_TRUE(budget.is_month_used_up());
}

TEST(WanBudget, ANewMonthHasItsOwn) {
  WanBudget budget = budget_of(10 * mb);
  budget.spend(10 * mb);
  ASSERT_EQ(budget.wall(), WanWall::month);

  EXPECT_TRUE(budget.see_month(november + 1));

  EXPECT_EQ(budget.wall(), WanWall::none);
  EXPECT_EQ(budget.left(), 10 * mb);
}

TEST(WanBudget, AClockThatWasSetBackBringsNothing) {
  WanBudget budget = budget_of(10 * mb);
  budget.spend(10 * mb);

  EXPECT_FALSE(budget.see_month(november - 1));
  EXPECT_FALSE(budget.see_month(1970 * 12));
  EXPECT_FALSE(budget.see_month(november));

  EXPECT_EQ(budget.wall(), WanWall::month);
}

TEST(WanBudget, AnUpdateHasABudgetOverAllMonths) {
  WanBudget budget = budget_of({}, 10 * mb);
  budget.begin_update("2.0", {});
  budget.spend(6 * mb);
  budget.see_month(november + 1);
  budget.spend(4 * mb);

  EXPECT_EQ(budget.wall(), WanWall::update);

  budget.begin_update("3.0", {});
  EXPECT_EQ(budget.wall(), WanWall::none);
  budget.begin_update("2.0", {10 * mb, 0});
  EXPECT_EQ(budget.wall(), WanWall::update);
}

TEST(WanBudget, WithoutAnUpdateItsBudgetStopsNothing) {
  WanBudget budget = budget_of({}, 10 * mb);

  budget.spend(20 * mb);

  EXPECT_EQ(budget.wall(), WanWall::none);
  EXPECT_EQ(budget.spent().in_update, WanCount());
}

TEST(WanBudget, WhatTheSiteReadCountsAsOwn) {
  WanBudget budget = budget_of(10 * mb);

  budget.note_shared(10 * mb);

  EXPECT_EQ(budget.wall(), WanWall::month);
}

// Receives in portions of all sizes and is killed after each: what the store holds then is never less than
// what crossed the WAN, and never more than 512 KiB or a 200th of the budget beyond.
TEST(WanBudget, AKillAtAnyMomentCountsNothingTooLittleAndLittleTooMuch) {
  for (const std::uint64_t limit : {20 * mb, 40 * mb, 1'000 * mb}) {
    for (const std::uint64_t portion : {1'000u, 16'384u, 65'536u}) {
      WanBudget budget = budget_of(limit, limit);
      budget.begin_update("2.0", {});
      WanSpending store;
      budget.reserve(10 * mb, 1'000);
      if (const auto due = budget.due()) budget.stored(store = *due);
      const std::uint64_t lead = std::min<std::uint64_t>(512u << 10, limit / 200);
      for (std::uint64_t crossed = portion; crossed <= 10 * mb; crossed += portion) {
        budget.release(portion);
        ASSERT_GE(store.in_month.own + portion, crossed);
        if (lead / 2 >= portion) {
          ASSERT_GE(store.in_month.own, crossed) << "also before it is counted";
        }
        budget.spend(portion);
        if (const auto due = budget.due()) budget.stored(store = *due);
        ASSERT_GE(store.in_month.own, crossed);
        ASSERT_GE(store.in_update.own, crossed);
        ASSERT_LE(store.in_month.own, crossed + std::max<std::uint64_t>(lead, 64u << 10));
      }
    }
  }
}

TEST(WanBudget, AtRestTheStoreHoldsWhatWasSpent) {
  WanBudget budget = budget_of(20 * mb);
  budget.reserve(mb, 1'000);
  budget.stored(*budget.due());
  read(budget, 500'000);
  budget.release(500'000);

  ASSERT_TRUE(budget.is_at_rest());
  EXPECT_EQ(budget.due(), std::nullopt);
  EXPECT_EQ(budget.due_at_rest()->in_month.own, 500'000u);
}

TEST(WanBudget, SmallFilesAreStoredAtOnce) {
  WanBudget budget = budget_of(20 * mb);

  budget.spend(2'000);

  ASSERT_TRUE(budget.due());
  EXPECT_EQ(budget.due()->in_month.own, 2'000u);
}

}  // namespace
}  // namespace dunlin
