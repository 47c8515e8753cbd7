#include "core/content/segment_plan.h"

#include "core/content/pack_table.h"
#include "tests/core/content/images.h"

namespace dunlin {
namespace {

using Plan = std::vector<PlannedSegment>;

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;

TEST(PlanDelta, HasNothingToDoForAnEmptyTarget) {
  EXPECT_EQ(plan_delta({}), Plan{});
}

TEST(PlanDelta, CutsWhereLongZeroAndUnchangedRunsBeginAndEnd) {
  const Plan plan = plan_delta({{mib, false, false}, {mib, true, false}, {mib, false, true}});
  EXPECT_EQ(plan,
            (Plan{{0, mib, PlanKind::data}, {mib, mib, PlanKind::zero}, {2 * mib, mib, PlanKind::same}}));
}

TEST(PlanDelta, LeavesShortRunsInsideTheirNeighbours) {
  const Plan plan = plan_delta({{100 * kib, false, false},
                                {zero_run_min - 1, true, false},
                                {100 * kib, false, false},
                                {same_run_min - 1, false, true},
                                {1, false, false}});
  ASSERT_EQ(plan.size(), 1u);
  EXPECT_EQ(plan[0].kind, PlanKind::data);
}

TEST(PlanDelta, CountsShortZeroRunsThatTheBaseHasTooAsUnchanged) {
  const Plan plan = plan_delta({{200 * kib, false, true}, {4 * kib, true, true}, {200 * kib, false, true}});
  EXPECT_EQ(plan, (Plan{{0, 404 * kib, PlanKind::same}}));
}

TEST(PlanDelta, PrefersZeroOverUnchangedForLongZeroRuns) {
  const Plan plan = plan_delta({{mib, true, true}, {mib, true, false}});
  EXPECT_EQ(plan, (Plan{{0, 2 * mib, PlanKind::zero}}));
}

TEST(PlanDelta, SplitsLongRunsIntoEvenSegmentsOfAtMostFourMebibytes) {
  const Plan plan = plan_delta({{4 * mib + 1, false, false}, {9 * mib, false, true}});
  EXPECT_EQ(plan, (Plan{{0, 2 * mib + 4096, PlanKind::data},
                        {2 * mib + 4096, 2 * mib - 4095, PlanKind::data},
                        {4 * mib + 1, 3 * mib, PlanKind::same},
                        {7 * mib + 1, 3 * mib, PlanKind::same},
                        {10 * mib + 1, 3 * mib, PlanKind::same}}));
}

TEST(PlanDelta, CoversAnySequenceOfRunsWithoutGaps) {
  SeededRandom random(1);
  for (int round = 0; round < 200; ++round) {
    std::vector<BlockRun> runs(random.below(20));
    std::uint64_t size = 0;
    for (BlockRun& run : runs) {
      run = {1 + random.below(6 * mib), random.below(2) == 0, random.below(2) == 0};
      size += run.length;
    }
    std::uint64_t offset = 0;
    for (const PlannedSegment& segment : plan_delta(runs)) {
      ASSERT_EQ(segment.offset, offset);
      ASSERT_GT(segment.length, 0u);
      ASSERT_LE(segment.length, segment_size_max);
      offset += segment.length;
    }
    ASSERT_EQ(offset, size);
  }
}

Plan plan_full(const std::vector<std::pair<Chunk, bool>>& chunks) {
  FullPlanner planner;
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

TEST(FullPlanner, CutsAfterAMebibyteWhereADigestSaysSo) {
  const Plan plan = plan_full({{chunk_at(0, 512 * kib, 0x10), false},
                               {chunk_at(512 * kib, 512 * kib, 0x20), false},
                               {chunk_at(mib, 100, 1), false}});
  EXPECT_EQ(plan, (Plan{{0, mib, PlanKind::data}, {mib, 100, PlanKind::data}}));
}

TEST(FullPlanner, CutsBeforeFourMebibytesAreExceeded) {
  std::vector<std::pair<Chunk, bool>> chunks;
  for (std::uint64_t i = 0; i < 6; ++i) chunks.push_back({chunk_at(i * 900 * kib, 900 * kib, 1), false});
  const Plan plan = plan_full(chunks);
  EXPECT_EQ(plan, (Plan{{0, 3600 * kib, PlanKind::data}, {3600 * kib, 1800 * kib, PlanKind::data}}));
}

TEST(FullPlanner, KeepsZeroChunksApart) {
  const Plan plan = plan_full({{chunk_at(0, 100, 1), false},
                               {chunk_at(100, mib, 0), true},
                               {chunk_at(100 + mib, mib, 0), true},
                               {chunk_at(100 + 2 * mib, 50, 1), false}});
  EXPECT_EQ(
      plan,
      (Plan{{0, 100, PlanKind::data}, {100, 2 * mib, PlanKind::zero}, {100 + 2 * mib, 50, PlanKind::data}}));
}

}  // namespace
}  // namespace dunlin
