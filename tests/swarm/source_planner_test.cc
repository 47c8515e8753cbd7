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

TEST_F(SourcePlannerTest, ABudgetNeverChangesTheWayAndIsToldWhenItIsShort) {
  const auto unlimited = plan_source(wanted, {{"a", image(2)}}, Surroundings{true, false, std::nullopt});
  for (const std::uint64_t left : {0u, 1u, 79u, 80u, 1'000'000u}) {
    const auto plan = plan_source(wanted, {{"a", image(2)}}, Surroundings{true, false, left});

    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_EQ(plan->pack, unlimited->pack);
    EXPECT_EQ(plan->wan_bytes, unlimited->wan_bytes);
    EXPECT_EQ(plan->reason.find("data budget") != std::string::npos, left < 80);
  }
}

TEST_F(SourcePlannerTest, RefusesAnImageWithoutAUsablePack) {
  wanted.packs = {pack(50, image(1))};

  EXPECT_EQ(plan_source(wanted, {}, {}).error().kind, ErrorKind::bad_image);
}

// Neighbours, what they have, and the way that must follow. The image of 5,000 bytes, its full pack of 1,000
// and deltas of 50 (from image 1) and 80 (from image 2).
struct OffersCase {
  const char* name;
  bool wan;
  std::vector<std::uint8_t> held;                                  // images in slots
  std::vector<std::pair<std::uint8_t, std::uint64_t>> neighbours;  // content, bytes they have
  SourceKind kind;
  std::size_t pack;
  std::uint64_t wan_bytes;
  std::uint64_t lan_bytes;
};

constexpr std::uint8_t raw = 200;
constexpr std::uint8_t full = 100;
constexpr std::uint8_t small = 101;

const OffersCase offers_cases[] = {
    {"nobody has anything", true, {1}, {}, SourceKind::pack, 1, 50, 0},
    {"the image beats the full pack", true, {}, {{raw, 5'000}}, SourceKind::image, 0, 0, 5'000},
    {"the image beats a delta over the WAN", true, {1}, {{raw, 5'000}}, SourceKind::image, 1, 0, 5'000},
    {"a delta near beats the image", true, {1}, {{raw, 5'000}, {small, 50}}, SourceKind::pack, 1, 0, 50},
    {"the full pack near beats the image",
     true,
     {},
     {{raw, 5'000}, {full, 1'000}},
     SourceKind::pack,
     0,
     0,
     1'000},
    {"the full pack near beats a delta far", true, {1}, {{full, 1'000}}, SourceKind::pack, 0, 0, 1'000},
    {"half a delta near", true, {1}, {{small, 30}, {small, 10}}, SourceKind::pack, 1, 20, 30},
    {"half an image is no source", true, {}, {{raw, 4'999}}, SourceKind::pack, 0, 1'000, 0},
    {"more than there can be", true, {1}, {{small, 9'999}}, SourceKind::pack, 1, 0, 50},
    {"without WAN the image that is here", false, {1}, {{raw, 5'000}}, SourceKind::image, 1, 0, 5'000},
    {"without WAN half a delta is a hope",
     false,
     {1},
     {{raw, 5'000}, {small, 49}},
     SourceKind::image,
     1,
     0,
     5'000},
    {"without WAN the delta that is here",
     false,
     {1},
     {{raw, 5'000}, {small, 50}},
     SourceKind::pack,
     1,
     0,
     50},
    {"without WAN a hope is better than nothing", false, {1}, {}, SourceKind::pack, 1, 0, 50},
};

TEST_F(SourcePlannerTest, TakesTheWayWithTheFewestWanBytesThenTheFewestOfTheLan) {
  wanted.size = 5'000;
  wanted.id = image(raw);
  wanted.torrent = RepositoryFile{};
  for (std::size_t i = 0; i < wanted.packs.size(); ++i)
    wanted.packs[i].file.sha256 = image(static_cast<std::uint8_t>(full + i));
  for (const OffersCase& each : offers_cases) {
    Surroundings around{each.wan, true, std::nullopt};
    for (const auto& [content, bytes] : each.neighbours)
      around.offers.push_back({content_key(image(content)), bytes, "dev-7"});
    std::vector<HeldImage> held;
    for (const std::uint8_t number : each.held) held.push_back({"a", image(number)});

    const auto plan = plan_source(wanted, held, around);

    ASSERT_TRUE(plan.has_value()) << each.name;
    EXPECT_EQ(plan->kind, each.kind) << each.name;
    EXPECT_EQ(plan->pack, each.pack) << each.name;
    EXPECT_EQ(plan->wan_bytes, each.wan_bytes) << each.name;
    EXPECT_EQ(plan->lan_bytes, each.lan_bytes) << each.name;
  }
}

TEST_F(SourcePlannerTest, NamesTheNeighbourThatHasTheImage) {
  wanted.size = 5'000;
  wanted.id = image(raw);
  wanted.torrent = RepositoryFile{};
  const auto plan =
      plan_source(wanted, {}, {true, true, std::nullopt, {{content_key(wanted.id), 5'000, "dev-7"}}});

  ASSERT_TRUE(plan.has_value());
  EXPECT_NE(plan->reason.find("dev-7"), std::string::npos) << plan->reason;
}

TEST_F(SourcePlannerTest, LeavesAnImageAloneThatHasNoTorrentOrCameToNothingBefore) {
  wanted.size = 5'000;
  wanted.id = image(raw);
  const Surroundings around{true, true, std::nullopt, {{content_key(wanted.id), 5'000, "dev-7"}}};
  const auto without_torrent = plan_source(wanted, {}, around);
  wanted.torrent = RepositoryFile{};

  EXPECT_EQ(without_torrent->kind, SourceKind::pack);
  EXPECT_EQ(plan_source(wanted, {}, around, {wanted.id})->kind, SourceKind::pack);
  EXPECT_EQ(plan_source(wanted, {}, around)->kind, SourceKind::image);
}

TEST_F(SourcePlannerTest, AnImageNearIsWithinAnyBudget) {
  wanted.size = 5'000;
  wanted.id = image(raw);
  wanted.torrent = RepositoryFile{};

  EXPECT_TRUE(plan_source(wanted, {}, {true, true, 0, {{content_key(wanted.id), 5'000, "dev-7"}}}));
}

TEST_F(SourcePlannerTest, AnImageNearDoesWhenNoPackCanBeUsed) {
  wanted.size = 5'000;
  wanted.id = image(raw);
  wanted.torrent = RepositoryFile{};
  wanted.packs = {pack(50, image(1))};

  const auto plan =
      plan_source(wanted, {}, {true, true, std::nullopt, {{content_key(wanted.id), 5'000, "dev-7"}}});

  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->kind, SourceKind::image);
}

TEST_F(SourcePlannerTest, PacksAreRankedBySizeSoThatNoTwoDevicesWaitForEachOther) {
  wanted.torrent = RepositoryFile{};
  wanted.packs.push_back(pack(80, image(3)));
  for (std::size_t i = 0; i < wanted.packs.size(); ++i)
    wanted.packs[i].file.sha256 = image(static_cast<std::uint8_t>(100 + i));

  EXPECT_EQ(cheaper_packs(wanted, wanted.packs[0]).size(), 3u);
  EXPECT_EQ(cheaper_packs(wanted, wanted.packs[3]),
            (std::vector<CheaperContent>{{image(101), 50}, {image(102), 80}}));
  EXPECT_EQ(cheaper_packs(wanted, wanted.packs[2]), (std::vector<CheaperContent>{{image(101), 50}}));
  EXPECT_TRUE(cheaper_packs(wanted, wanted.packs[1]).empty());
}

TEST_F(SourcePlannerTest, NobodyWaitsForAnImageThatNeighboursCannotGive) {
  EXPECT_TRUE(cheaper_packs(wanted, wanted.packs[0]).empty());
}

}  // namespace
}  // namespace dunlin
