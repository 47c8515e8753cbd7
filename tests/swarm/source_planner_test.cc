#include "swarm/source_planner.h"

namespace dunlin {
namespace {

Digest image(std::uint8_t number) {
  Digest digest;
  digest.bytes.fill(number);
  return digest;
}

PackEntry pack(std::uint64_t size, std::optional<Digest> base = std::nullopt) {
  PackEntry entry;
  entry.file.size = size;
  entry.base = base;
  return entry;
}

struct SourcePlannerTest : testing::Test {
  SourcePlannerTest() {
    wanted.name = "rootfs";
    wanted.packs = {pack(1'000), pack(50, image(1)), pack(80, image(2))};
  }
  ImageEntry wanted;
};

TEST_F(SourcePlannerTest, TakesTheDeltaWhoseBaseIsHeld) {
  const auto plan = plan_source(wanted, {{"a", image(2)}, {"b", image(9)}}, {});

  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->pack, 2u);
  EXPECT_EQ(plan->base_slot, "a");
  EXPECT_EQ(plan->wan_bytes, 80u);
  EXPECT_NE(plan->reason.find("slot a"), std::string::npos);
}

TEST_F(SourcePlannerTest, TakesTheSmallestOfSeveral) {
  EXPECT_EQ(plan_source(wanted, {{"a", image(2)}, {"b", image(1)}}, {})->pack, 1u);
}

TEST_F(SourcePlannerTest, LeavesOutPacksThatTheDeviceCannotUseAndSaysSo) {
  for (std::size_t i = 0; i < wanted.packs.size(); ++i)
    wanted.packs[i].file.sha256 = image(static_cast<std::uint8_t>(100 + i));
  const std::vector<HeldImage> held = {{"a", image(2)}, {"b", image(1)}};

  const auto next_best = plan_source(wanted, held, {}, {image(101)});
  const auto full = plan_source(wanted, held, {}, {image(101), image(102)});

  ASSERT_TRUE(next_best.has_value());
  EXPECT_EQ(next_best->pack, 2u);
  EXPECT_NE(next_best->reason.find("packs left out because this device cannot use them: 1"),
            std::string::npos);
  ASSERT_TRUE(full.has_value());
  EXPECT_EQ(full->pack, 0u);
}

TEST_F(SourcePlannerTest, TakesTheFullPackWhenNoBaseIsHeld) {
  const auto plan = plan_source(wanted, {{"a", image(9)}}, {});

  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->pack, 0u);
  EXPECT_EQ(plan->base_slot, "");
}

TEST_F(SourcePlannerTest, TakesTheFullPackWhenItIsSmaller) {
  wanted.packs[0].file.size = 40;

  EXPECT_EQ(plan_source(wanted, {{"a", image(1)}}, {})->pack, 0u);
}

TEST_F(SourcePlannerTest, PredictsNoWanBytesWithoutWan) {
  const auto plan = plan_source(wanted, {}, Surroundings{false, true, std::nullopt});

  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->wan_bytes, 0u);
}

TEST_F(SourcePlannerTest, WaitsWithoutAnyLink) {
  const auto plan = plan_source(wanted, {}, Surroundings{false, false, std::nullopt});

  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, ErrorKind::retry_later);
}

TEST_F(SourcePlannerTest, NeverGoesOverTheBudget) {
  const auto plan = plan_source(wanted, {{"a", image(2)}}, Surroundings{true, false, 79});

  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, ErrorKind::retry_later);
  EXPECT_TRUE(plan_source(wanted, {{"a", image(2)}}, Surroundings{true, false, 80}));
}

TEST_F(SourcePlannerTest, RefusesAnImageWithoutAUsablePack) {
  wanted.packs = {pack(50, image(1))};

  EXPECT_EQ(plan_source(wanted, {}, {}).error().kind, ErrorKind::bad_image);
}

}  // namespace
}  // namespace dunlin
