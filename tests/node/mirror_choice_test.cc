#include "node/mirror_choice.h"

#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

using Kind = SourceStep::Kind;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""h;

struct MirrorChoiceTest : testing::Test {
  MirrorChoiceTest() {
    facts.device_id = "m";
    facts.version = 5;
    facts.now = facts.began = SteadyTime(1h);
    need.fresh_since = facts.now - 300s;
  }

  MirrorOffer& neighbour(const std::string& device, std::uint64_t version) {
    MirrorOffer offer;
    offer.instance = facts.neighbours.size() + 1;
    offer.device = device;
    offer.address = "10.0.0." + std::to_string(offer.instance);
    offer.port = 80;
    offer.version = version;
    offer.may_use_wan = true;
    return facts.neighbours.emplace_back(offer);
  }
  Kind choice() const { return choose_metadata_source(facts, need).kind; }

  MirrorFacts facts;
  MetadataNeed need;
  FileNeed file{77, 4};
};

TEST_F(MirrorChoiceTest, AloneADeviceAsksTheRepository) {
  EXPECT_EQ(choice(), Kind::wan);
}

TEST_F(MirrorChoiceTest, WhoeverKnowsMostIsAskedFirst) {
  neighbour("a", 6);
  neighbour("b", 9);
  neighbour("c", 5);

  const SourceStep step = choose_metadata_source(facts, need);

  EXPECT_EQ(step.kind, Kind::neighbour);
  EXPECT_EQ(step.neighbour.device, "b");
}

TEST_F(MirrorChoiceTest, ANeighbourThatKnowsNoMoreIsNotAsked) {
  facts.may_use_wan = false;
  neighbour("a", 5);
  neighbour("b", 4);

  EXPECT_EQ(choice(), Kind::nobody);
}

TEST_F(MirrorChoiceTest, ANeighboursLookCountsForTheSiteForACheckInterval) {
  neighbour("a", 5).wan_checked = facts.now - 300s;
  EXPECT_EQ(choice(), Kind::enough);

  facts.neighbours.back().wan_checked = facts.now - 301s;
  EXPECT_NE(choice(), Kind::enough);
}

TEST_F(MirrorChoiceTest, ALookThatFoundLessThanIsKnownHereDoesNotCount) {
  neighbour("z", 4).wan_checked = facts.now;

  EXPECT_EQ(choice(), Kind::wan);
}

TEST_F(MirrorChoiceTest, WhoeverReliedOnOthersForLongLooksForItself) {
  neighbour("a", 5).wan_checked = facts.now;
  need.must_look = true;

  EXPECT_EQ(choice(), Kind::wan);

  facts.may_use_wan = false;
  EXPECT_EQ(choice(), Kind::enough);
}

TEST_F(MirrorChoiceTest, NewsFromANeighbourAreEnough) {
  neighbour("a", 5);
  need.learned = true;

  EXPECT_EQ(choice(), Kind::enough);
}

TEST_F(MirrorChoiceTest, TheFirstInRankAsksAtOnceAndTheOthersOneAfterTheOther) {
  neighbour("a", 5);
  neighbour("b", 5);
  neighbour("x", 5);

  SourceStep step = choose_metadata_source(facts, need);
  EXPECT_EQ(step.kind, Kind::wait);
  EXPECT_EQ(step.patience, 1'000ms);

  facts.now += 1'000ms;
  EXPECT_EQ(choice(), Kind::wan);

  facts.now = facts.began;
  facts.device_id = "A";
  EXPECT_EQ(choice(), Kind::wan);
}

TEST_F(MirrorChoiceTest, TheLastOfManyWaitsForThreeSecondsAtMost) {
  for (int i = 0; i < 50; ++i) neighbour("a" + std::to_string(i), 5);

  EXPECT_EQ(choose_metadata_source(facts, need).patience, 3s);
}

TEST_F(MirrorChoiceTest, OnlyWhoMayUseTheWanIsWaitedFor) {
  neighbour("a", 5).may_use_wan = false;

  EXPECT_EQ(choice(), Kind::wan);
}

TEST_F(MirrorChoiceTest, WhoeverIsAskingTheRepositoryIsWaitedForEightSeconds) {
  neighbour("x", 5).asks_wan = true;

  EXPECT_EQ(choice(), Kind::wait);
  facts.now += 7'999ms;
  EXPECT_EQ(choice(), Kind::wait);
  facts.now += 1ms;
  EXPECT_EQ(choice(), Kind::wan);
}

TEST_F(MirrorChoiceTest, AFileIsAskedOfItsTellerThenOfWhoHasItsContentThenOfTheLastLookers) {
  neighbour("looked", 5).wan_checked = facts.now;
  neighbour("never looked", 5);
  neighbour("has it", 5).contents = {77};
  neighbour("told", 5);
  neighbour("looked before", 5).wan_checked = facts.now - 10s;

  std::vector<std::string> asked;
  for (SourceStep step = choose_file_source(facts, file); step.kind == Kind::neighbour;
       step = choose_file_source(facts, file)) {
    asked.push_back(step.neighbour.device);
    file.note_tried(step.neighbour);
  }

  EXPECT_EQ(asked, (std::vector<std::string>{"told", "has it", "looked", "looked before", "never looked"}));
}

TEST_F(MirrorChoiceTest, ANeighbourIsAskedForAFileAgainOnlyWhenItHasSomethingNew) {
  file.note_tried(neighbour("a", 5));
  EXPECT_EQ(choose_file_source(facts, file).kind, Kind::wait);

  facts.neighbours.back().stock = 1;
  EXPECT_EQ(choose_file_source(facts, file).kind, Kind::neighbour);
  file.note_tried(facts.neighbours.back());
  facts.neighbours.back().contents = {77};
  EXPECT_EQ(choose_file_source(facts, file).kind, Kind::neighbour);
}

TEST_F(MirrorChoiceTest, OfManyThatMayHaveAFileOnlyThreeAreAsked) {
  for (int i = 0; i < 20; ++i) neighbour("n" + std::to_string(i), 5).instance += 10;

  int asked = 0;
  for (SourceStep step = choose_file_source(facts, file); step.kind == Kind::neighbour;
       step = choose_file_source(facts, file)) {
    ++asked;
    file.note_tried(step.neighbour);
  }

  EXPECT_EQ(asked, 3);
}

TEST_F(MirrorChoiceTest, WithoutWanANeighbourGetsFiveSecondsToHaveAFile) {
  facts.may_use_wan = false;
  file.note_tried(neighbour("a", 5));

  EXPECT_EQ(choose_file_source(facts, file).kind, Kind::wait);
  facts.now += 5s;
  EXPECT_EQ(choose_file_source(facts, file).kind, Kind::nobody);
}

}  // namespace
}  // namespace dunlin
