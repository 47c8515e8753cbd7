#include "core/encode/segment_plan.h"

#include "core/content/pack_table.h"
#include "tests/fakes/encoded_images.h"

namespace dunlin {
namespace {

using Plan = std::vector<PlannedSegment>;

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;

// Builds a layout run by run.
class Layout {
 public:
  Layout& fresh(std::uint64_t length) { return add(length, length, {}); }
  Layout& zero(std::uint64_t length) {
    add(length, length, {});
    runs_.back().is_zero = true;
    return *this;
  }
  Layout& copy(std::uint64_t length, std::uint64_t base) { return add(length, length, base); }
  Layout& zero_copy(std::uint64_t length, std::uint64_t base) {
    add(length, length, base);
    runs_.back().is_zero = true;
    return *this;
  }
  Layout& opened(std::uint64_t packed, std::uint64_t plain) {
    add(packed, plain, {});
    runs_.back().is_opened = true;
    return *this;
  }
  const std::vector<LayoutRun>& runs() const { return runs_; }

 private:
  Layout& add(std::uint64_t packed, std::uint64_t plain, std::optional<std::uint64_t> base) {
    const ExpandPosition begin = runs_.empty() ? ExpandPosition{} : runs_.back().end;
    runs_.push_back({begin, {begin.packed + packed, begin.plain + plain}, false, false, base});
    return *this;
  }

  std::vector<LayoutRun> runs_;
};

// Opened content that closes to a quarter, evenly.
DeltaPlan plan_of(const Layout& layout) {
  const auto packed_at = [&layout](std::uint64_t plain) -> Result<std::uint64_t> {
    for (const LayoutRun& run : layout.runs())
      if (run.is_opened && run.begin.plain < plain && plain < run.end.plain)
        return run.begin.packed + (plain - run.begin.plain) / 4;
    return fail(ErrorKind::usage, "asked outside of opened content");
  };
  Result<DeltaPlan> plan = plan_delta(layout.runs(), packed_at);
  EXPECT_TRUE(plan.has_value());
  return plan ? std::move(*plan) : DeltaPlan{};
}

PlannedSegment raw(std::uint64_t begin, std::uint64_t end, PlanKind kind, std::uint64_t base = 0) {
  return {{begin, begin}, {end, end}, kind, base};
}

TEST(PlanDelta, HasNothingToDoForAnEmptyTarget) {
  EXPECT_EQ(plan_of(Layout()).segments, Plan{});
}

TEST(PlanDelta, CutsWhereLongZeroAndCopiedRunsBeginAndEnd) {
  EXPECT_EQ(plan_of(Layout().fresh(mib).zero(mib).copy(mib, 7)).segments,
            (Plan{raw(0, mib, PlanKind::data), raw(mib, 2 * mib, PlanKind::zero),
                  raw(2 * mib, 3 * mib, PlanKind::copy, 7)}));
}

TEST(PlanDelta, ReachesOverCopiesAsLongAsNewBytesFollowWithinFourMebibytes) {
  const Plan plan =
      plan_of(Layout().fresh(kib).copy(2 * mib, 9).fresh(kib).copy(9 * mib, 99).fresh(kib)).segments;
  EXPECT_EQ(plan, (Plan{raw(0, 2 * mib + 2 * kib, PlanKind::data),
                        raw(2 * mib + 2 * kib, 6 * mib + 2 * kib, PlanKind::copy, 99),
                        raw(6 * mib + 2 * kib, 10 * mib + 2 * kib, PlanKind::copy, 99 + 4 * mib),
                        raw(10 * mib + 2 * kib, 11 * mib + 2 * kib, PlanKind::copy, 99 + 8 * mib),
                        raw(11 * mib + 2 * kib, 11 * mib + 3 * kib, PlanKind::data)}));
}

TEST(PlanDelta, LeavesShortRunsInsideTheirNeighbours) {
  const Plan plan = plan_of(Layout()
                                .fresh(100 * kib)
                                .zero(zero_run_min - 1)
                                .fresh(100 * kib)
                                .copy(copy_run_min - 1, 5)
                                .fresh(1))
                        .segments;
  ASSERT_EQ(plan.size(), 1u);
  EXPECT_EQ(plan[0].kind, PlanKind::data);
}

TEST(PlanDelta, CopiesThroughZerosThatTheBaseHasToo) {
  EXPECT_EQ(
      plan_of(Layout().copy(200 * kib, 0).zero_copy(4 * kib, 200 * kib).copy(200 * kib, 204 * kib)).segments,
      Plan{raw(0, 404 * kib, PlanKind::copy)});
}

TEST(PlanDelta, PrefersZeroOverCopiedForLongZeroRuns) {
  EXPECT_EQ(plan_of(Layout().zero_copy(mib, 0).zero(mib)).segments, Plan{raw(0, 2 * mib, PlanKind::zero)});
}

TEST(PlanDelta, EndsACopyWhereAnotherPlaceOfTheBaseBegins) {
  EXPECT_EQ(plan_of(Layout().copy(mib, 0).copy(mib, 5 * mib)).segments,
            (Plan{raw(0, mib, PlanKind::copy, 0), raw(mib, 2 * mib, PlanKind::copy, 5 * mib)}));
}

TEST(PlanDelta, CutsBetweenOpenedRunsThatFitAsAWhole) {
  const Plan plan = plan_of(Layout().opened(mib, 3 * mib).opened(mib, 3 * mib).fresh(kib)).segments;
  EXPECT_EQ(plan, (Plan{{{0, 0}, {mib, 3 * mib}, PlanKind::data, 0},
                        {{mib, 3 * mib}, {2 * mib + kib, 6 * mib + kib}, PlanKind::data, 0}}));
}

TEST(PlanDelta, CutsLongOpenedRunsWhereClosingStands) {
  const Plan plan = plan_of(Layout().fresh(kib).opened(3 * mib, 9 * mib)).segments;
  ASSERT_EQ(plan.size(), 3u);
  EXPECT_EQ(plan[0].end, (ExpandPosition{kib + (4 * mib - kib) / 4, 4 * mib}));
  EXPECT_EQ(plan[2].end, (ExpandPosition{kib + 3 * mib, kib + 9 * mib}));
}

TEST(PlanDelta, EndsASegmentWithTheLongOpenedRunThatEndsInIt) {
  const Plan plan = plan_of(Layout().opened(2 * mib, 5 * mib).fresh(kib).opened(2 * mib, 5 * mib)).segments;
  ASSERT_EQ(plan.size(), 4u);
  EXPECT_EQ(plan[1].end, (ExpandPosition{2 * mib, 5 * mib}));
  EXPECT_EQ(plan[2].begin, plan[1].end);
  EXPECT_EQ(plan[3].end, (ExpandPosition{4 * mib + kib, 10 * mib + kib}));
}

TEST(PlanDelta, SaysWhereClosingGivesOutTooMuchAtOnce) {
  const Layout layout = Layout().fresh(kib).opened(40 * mib, 12 * mib);
  const auto late = [](std::uint64_t) -> Result<std::uint64_t> { return 12 * mib; };
  const Result<DeltaPlan> plan = plan_delta(layout.runs(), late);
  ASSERT_TRUE(plan);
  ASSERT_TRUE(plan->unfit);
}

TEST(PlanDelta, PassesOnThatClosingFailed) {
  const Layout layout = Layout().opened(mib, 12 * mib);
  const auto broken = [](std::uint64_t) -> Result<std::uint64_t> {
    return fail(ErrorKind::cancelled, "stop");
  };
  EXPECT_EQ(plan_delta(layout.runs(), broken).error().kind, ErrorKind::cancelled);
}

TEST(PlanDelta, CoversAnySequenceOfRunsWithoutGaps) {
  SeededRandom random(1);
  for (int round = 0; round < 300; ++round) {
    Layout layout;
    for (std::uint64_t runs = random.below(20); runs > 0; --runs) {
      const std::uint64_t length = 1 + random.below(random.below(2) == 0 ? 6 * mib : 300 * kib);
      const std::uint64_t kind = random.below(5);
      if (kind == 0) layout.fresh(length);
      if (kind == 1) layout.zero(length);
      if (kind == 2) layout.copy(length, random.below(mib));
      if (kind == 3) layout.zero_copy(length, random.below(mib));
      if (kind == 4) layout.opened((length + 3) / 4, length);
    }
    ExpandPosition at;
    for (const PlannedSegment& segment : plan_of(layout).segments) {
      ASSERT_EQ(segment.begin, at);
      ASSERT_GT(segment.plain_length(), 0u);
      ASSERT_LE(segment.end.plain - at.plain, segment_size_max);
      if (segment.kind != PlanKind::data) {
        ASSERT_EQ(segment.plain_length(), segment.target_length());
      }
      at = segment.end;
    }
    ASSERT_EQ(at, layout.runs().empty() ? ExpandPosition{} : layout.runs().back().end);
  }
}

Plan plan_full(const std::vector<std::pair<Chunk, bool>>& chunks, std::uint64_t target_size = mib) {
  FullPlanner planner(target_size);
  for (const auto& [chunk, is_zero] : chunks) planner.add(chunk, is_zero);
  return planner.finish();
}

Chunk chunk_at(std::uint64_t offset, std::uint32_t length, std::uint8_t first_digest_byte) {
  Chunk chunk{offset, length, {}};
  chunk.digest.bytes[0] = first_digest_byte;
  return chunk;
}

TEST(FullPlanner, HasNothingToDoForAnEmptyTarget) {
  EXPECT_EQ(plan_full({}), Plan{});
}

TEST(FullPlanner, MakesEachChunkASegment) {
  const Plan plan = plan_full({{chunk_at(0, 100, 1), false}, {chunk_at(100, mib, 2), false}});
  EXPECT_EQ(plan, (Plan{raw(0, 100, PlanKind::data), raw(100, 100 + mib, PlanKind::data)}));
}

TEST(FullPlanner, TakesSeveralChunksASegmentInLargeImages) {
  std::vector<std::pair<Chunk, bool>> chunks;
  for (std::uint64_t i = 0; i < 6; ++i) chunks.push_back({chunk_at(i * 100 * kib, 100 * kib, 1), false});
  EXPECT_EQ(plan_full(chunks, 16 * 1024 * mib),
            (Plan{raw(0, 300 * kib, PlanKind::data), raw(300 * kib, 600 * kib, PlanKind::data)}));
}

TEST(FullPlanner, CutsBeforeFourMebibytesAreExceeded) {
  std::vector<std::pair<Chunk, bool>> chunks;
  for (std::uint64_t i = 0; i < 6; ++i) chunks.push_back({chunk_at(i * 900 * kib, 900 * kib, 1), false});
  const Plan plan = plan_full(chunks, std::uint64_t{1} << 40);
  EXPECT_EQ(plan, (Plan{raw(0, 3600 * kib, PlanKind::data), raw(3600 * kib, 5400 * kib, PlanKind::data)}));
}

TEST(FullPlanner, KeepsZeroChunksApart) {
  const Plan plan = plan_full({{chunk_at(0, 100, 1), false},
                               {chunk_at(100, mib, 0), true},
                               {chunk_at(100 + mib, mib, 0), true},
                               {chunk_at(100 + 2 * mib, 50, 1), false}});
  EXPECT_EQ(plan, (Plan{raw(0, 100, PlanKind::data), raw(100, 100 + 2 * mib, PlanKind::zero),
                        raw(100 + 2 * mib, 150 + 2 * mib, PlanKind::data)}));
}

}  // namespace
}  // namespace dunlin
