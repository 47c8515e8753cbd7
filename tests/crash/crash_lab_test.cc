// A part of what the whole laboratory tries (./dev bench crash): every backend lives every story, with the
// power going before some of the changes, and again during some recoveries.
#include "tests/crash/crash_lab.h"

#include <gtest/gtest.h>

#include "core/base/log.h"
#include "tests/crash/mutations.h"

namespace dunlin {

namespace {

constexpr std::uint64_t seed = 1;

LabBounds few_cuts() {
  LabBounds bounds;
  bounds.first = {4, 3, 3};
  bounds.second_every = 150;
  bounds.second = {1, 1, 2};
  bounds.stride = 2;
  return bounds;
}

const Story& story(const std::string& name) {
  for (const Story& each : stories())
    if (each.name == name) return each;
  std::abort();
}

std::string words_of(const Tally& tally) {
  std::string words;
  for (const CrashFinding& finding : tally.findings)
    words += std::string(to_string(finding.judgement.fault)) + ": " + finding.judgement.words +
             "\n  replay: " + to_text(finding.crash) + "\n";
  return words;
}

class CrashLab : public testing::TestWithParam<BootWorld> {
 protected:
  void SetUp() override { set_log_level(LogLevel::error); }
};

class Mutations : public testing::TestWithParam<Mutation> {
 protected:
  void SetUp() override { set_log_level(LogLevel::error); }
};

}  // namespace

TEST_P(CrashLab, FindsNoCutThatLeavesADeviceWithoutACompleteImageOrOnTheWay) {
  const CrashRig rig{GetParam(), {}};
  for (const Story& each : stories()) {
    const Tally tally = explore(rig, each, few_cuts(), seed);

    EXPECT_EQ(tally.faults(), 0u) << each.name << ", seed " << seed << "\n" << words_of(tally);
    EXPECT_GT(tally.states, 40u) << each.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Every, CrashLab, testing::ValuesIn(boot_worlds()),
                         [](const auto& world) { return test_name(world.param); });

TEST_P(Mutations, AreCaughtAndTheFindingReplays) {
  const Mutation& mutation = GetParam();
  LabBounds bounds;
  bounds.first = {4, 4, 12};

  const Tally tally = explore(mutation.rig, story(mutation.story), bounds, seed);

  ASSERT_GT(tally.faults(), 0u);
  const CrashFinding& finding = tally.findings.front();
  const std::optional<Crash> crash = parse_crash(to_text(finding.crash));
  ASSERT_TRUE(crash);
  Result<Judgement> again = replay(mutation.rig, story(mutation.story), *crash);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->fault, finding.judgement.fault);
  EXPECT_EQ(again->words, finding.judgement.words);
}

INSTANTIATE_TEST_SUITE_P(Every, Mutations, testing::ValuesIn(mutations()), [](const auto& mutation) {
  std::string name = mutation.param.name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(CrashLabResult, IsTheSameForTheSameSeed) {
  set_log_level(LogLevel::error);
  const CrashRig rig{boot_worlds().front(), {}};

  const Tally one = explore(rig, story("confirm"), few_cuts(), 5);
  const Tally two = explore(rig, story("confirm"), few_cuts(), 5);

  EXPECT_EQ(one.states, two.states);
  EXPECT_EQ(one.mark, two.mark);
  EXPECT_NE(one.mark, explore(rig, story("confirm"), few_cuts(), 6).mark);
}

TEST(Crash, IsReadBackFromItsText) {
  for (const char* text : {"17:0110", "17:0110/4:", "1:/2:1/3:0"}) {
    const std::optional<Crash> crash = parse_crash(text);
    ASSERT_TRUE(crash) << text;
    EXPECT_EQ(to_text(*crash), text);
  }
}

TEST(Crash, RefusesOtherText) {
  for (const char* text : {"", "x", "1", ":01", "0:1", "-3:1", "1:012", "1:0/", "1:0/x:1", "1 :0"})
    EXPECT_FALSE(parse_crash(text)) << text;
}

TEST(CrashReplay, RefusesAChangeThatTheStoryDoesNotHave) {
  set_log_level(LogLevel::error);
  const CrashRig rig{boot_worlds().front(), {}};

  Result<Judgement> judgement = replay(rig, story("confirm"), {{100'000, {}}});

  ASSERT_FALSE(judgement);
  EXPECT_EQ(judgement.error().kind, ErrorKind::usage);
}

}  // namespace dunlin
