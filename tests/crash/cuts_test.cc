#include "tests/crash/cuts.h"

#include <set>

#include <gtest/gtest.h>

namespace dunlin {

namespace {

using enum UnsyncedPart::Kind;

UnsyncedPart part(UnsyncedPart::Kind kind, int change, const std::string& path = "/slot") {
  return {kind, change, path};
}

std::set<Fate> fates(const std::vector<UnsyncedPart>& parts, CutBounds bounds = {}) {
  SeededRandom random(1);
  const std::vector<Fate> list = fates_of(parts, bounds, random);
  EXPECT_EQ(list.size(), std::set<Fate>(list.begin(), list.end()).size()) << "a fate is there twice";
  return {list.begin(), list.end()};
}

const CutBounds without_chance{6, 0, 1'000};

}  // namespace

TEST(Cuts, HaveOneOutcomeWhenEverythingWasSynced) {
  EXPECT_EQ(fates({}), std::set<Fate>{Fate{}});
}

TEST(Cuts, TryEverySubsetOfAFewChanges) {
  std::vector<UnsyncedPart> parts;
  for (int change = 1; change <= 6; ++change) parts.push_back(part(sector, change));

  EXPECT_EQ(fates(parts, without_chance).size(), 64u);
}

TEST(Cuts, TryPrefixesSinglesAndAllButOneOfManyChanges) {
  std::vector<UnsyncedPart> parts;
  for (int change = 1; change <= 20; ++change) parts.push_back(part(sector, change));

  const std::set<Fate> found = fates(parts, without_chance);

  for (std::size_t i = 0; i < 20; ++i) {
    Fate prefix(20), alone(20), missing(20, true);
    std::fill_n(prefix.begin(), i + 1, true);
    alone[i] = true;
    missing[i] = false;
    EXPECT_TRUE(found.contains(prefix) && found.contains(alone) && found.contains(missing)) << i;
  }
}

TEST(Cuts, TearAWriteAtEachOfItsSectors) {
  const std::vector<UnsyncedPart> parts{part(sector, 1), part(sector, 1), part(sector, 1), part(sector, 2)};

  const std::set<Fate> found = fates(parts, without_chance);

  for (const bool other : {false, true})
    for (const Fate& torn : {Fate{true, false, false, other}, Fate{true, true, false, other},
                             Fate{false, false, true, other}, Fate{false, true, true, other}})
      EXPECT_TRUE(found.contains(torn));
}

TEST(Cuts, NeverLandALaterNameWithoutTheEarlierOnesOfItsFileSystem) {
  const std::vector<UnsyncedPart> parts{part(name, 1, "/boot/x.new"), part(name, 2, "/boot/x"),
                                        part(name, 2, "/boot/x.new"), part(sector, 3)};

  for (const Fate& fate : fates(parts)) {
    EXPECT_TRUE(fate[0] || !fate[1]);
    EXPECT_TRUE(fate[1] || !fate[2]);
  }
}

TEST(Cuts, LandNamesOfDifferentFileSystemsInAnyOrder) {
  const std::vector<UnsyncedPart> parts{part(name, 1, "/boot/x"), part(name, 2, "/state/y")};

  EXPECT_EQ(fates(parts, without_chance).size(), 4u);
}

TEST(Cuts, LoseBytesOfAFileWhoseNewNameLands) {
  const std::vector<UnsyncedPart> parts{part(name, 2, "/state/y"), part(sector, 1, "/state/y")};

  EXPECT_TRUE(fates(parts, without_chance).contains(Fate{true, false}));
}

TEST(Cuts, AreTheSameForTheSameSeed) {
  std::vector<UnsyncedPart> parts;
  for (int change = 1; change <= 40; ++change) parts.push_back(part(sector, change / 3));
  SeededRandom one(7), two(7);

  EXPECT_EQ(fates_of(parts, {}, one), fates_of(parts, {}, two));
}

TEST(Cuts, AreThinnedOutToTheBoundButStillLoseAndKeepEverything) {
  std::vector<UnsyncedPart> parts;
  for (int change = 1; change <= 40; ++change) parts.push_back(part(sector, change / 3));

  const std::set<Fate> found = fates(parts, {6, 16, 5});

  EXPECT_EQ(found.size(), 5u);
  EXPECT_TRUE(found.contains(Fate(40, false)) && found.contains(Fate(40, true)));
}

}  // namespace dunlin
