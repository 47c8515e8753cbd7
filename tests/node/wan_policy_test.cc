#include "node/wan_policy.h"

#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

using std::chrono_literals::operator""s;

TEST(WanPolicy, WithoutRulesItIsOpen) {
  const WanVerdict verdict = judge_wan({}, {});

  EXPECT_EQ(verdict.closed_by, "");
  EXPECT_EQ(verdict.reason, "");
  EXPECT_EQ(verdict.reluctant_by, "");
}

TEST(WanPolicy, EveryHintUnderEveryRule) {
  for (const HintRule rule : {HintRule::ignore, HintRule::last, HintRule::stop}) {
    for (const bool given : {false, true}) {
      WanRules by_link;
      by_link.metered = rule;
      WanRules by_power;
      by_power.battery = rule;
      const WanVerdict link = judge_wan(by_link, {0, {given, false}, 0s});
      const WanVerdict power = judge_wan(by_power, {0, {false, given}, 0s});

      const bool stops = given && rule == HintRule::stop;
      EXPECT_EQ(link.closed_by, stops ? "metered" : "");
      EXPECT_EQ(power.closed_by, stops ? "battery" : "");
      EXPECT_EQ(link.reluctant_by, given && rule == HintRule::last ? "metered" : "");
      EXPECT_EQ(power.reluctant_by, given && rule == HintRule::last ? "battery" : "");
    }
  }
}

TEST(WanPolicy, OutsideItsHoursItSaysWhenItOpens) {
  WanRules rules;
  rules.hours = WanHours({{1'320, 360}});

  EXPECT_EQ(judge_wan(rules, {600, {}, 0s}).closed_by, "hours");
  EXPECT_THAT(judge_wan(rules, {600, {}, 0s}).reason, testing::HasSubstr("22:00"));
  EXPECT_EQ(judge_wan(rules, {1'320, {}, 0s}).closed_by, "");
  EXPECT_EQ(judge_wan(rules, {360, {}, 0s}).closed_by, "hours");
}

TEST(WanPolicy, HopesForNeighboursAsLongAsItWasTold) {
  WanRules rules;
  rules.wait = 60s;

  EXPECT_EQ(judge_wan(rules, {0, {}, 0s}).closed_by, "neighbours");
  EXPECT_THAT(judge_wan(rules, {0, {}, 59s}).reason, testing::HasSubstr("in 1 s"));
  EXPECT_EQ(judge_wan(rules, {0, {}, 60s}).closed_by, "");
}

TEST(WanPolicy, EveryReasonToCloseHasWords) {
  WanRules rules;
  rules.metered = rules.battery = HintRule::stop;
  rules.hours = WanHours({{100, 200}});
  rules.wait = 60s;
  for (const bool metered : {false, true}) {
    for (const bool battery : {false, true}) {
      for (const int minute : {150, 250}) {
        for (const auto hoping : {0s, 100s}) {
          const WanVerdict verdict = judge_wan(rules, {minute, {metered, battery}, hoping});

          EXPECT_EQ(verdict.closed_by.empty(), !metered && !battery && minute == 150 && hoping == 100s);
          EXPECT_EQ(verdict.closed_by.empty(), verdict.reason.empty());
        }
      }
    }
  }
}

}  // namespace
}  // namespace dunlin
