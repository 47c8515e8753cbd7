#include "applier/self_test.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_disk.h"
#include "tests/fakes/fake_process_runner.h"
#include "tests/fakes/fake_watchdog.h"

namespace dunlin {

namespace {

class SelfTestTest : public testing::Test {
 protected:
  SelfTestVerdict run() {
    BuiltInChecks built_in(disk_, clock_, runner_, {{"a", "/a"}, {"b", "/b"}},
                           {wanted_, std::chrono::seconds(3), {}});
    SelfTest self_test(
        disk_, runner_, watchdog_, built_in,
        {"/tests", std::chrono::seconds(5), std::chrono::seconds(60), {}, "/state/self-tests"});
    if (is_updating_) before_ = self_test.complaints("a");
    return self_test.run({"b", "2.0", self_test.next_record(), before_}, {});
  }
  void ask_for(std::set<BuiltInCheck> checks) { wanted_ = std::move(checks); }
  void add(const std::string& name, int exit_code, std::string output = "") {
    disk_.put("/tests/" + name, "");
    runner_.add("/tests/" + name, exit_code, std::move(output));
  }

  FakeDisk disk_;
  FakeProcessRunner runner_;
  FakeWatchdog watchdog_;
  FakeClock clock_;
  std::set<std::string> before_;
  std::set<BuiltInCheck> wanted_;
  bool is_updating_ = false;  // what is wrong now was so before the update
};

}  // namespace

TEST_F(SelfTestTest, PassesWithoutAFolder) {
  EXPECT_TRUE(run().passed);
  EXPECT_FALSE(watchdog_.running);
}

TEST_F(SelfTestTest, RunsChecksInTheOrderOfTheirNamesUntilOneFails) {
  add("20-b", 1, "broken\n\n");
  add("10-a", 0);
  add("30-c", 0);
  add(".hidden", 1);

  const SelfTestVerdict verdict = run();

  EXPECT_FALSE(verdict.passed);
  EXPECT_EQ(verdict.reason, "self-test 20-b failed with code 1: broken");
  EXPECT_EQ(runner_.ran, (std::vector<std::vector<std::string>>{{"/tests/10-a"}, {"/tests/20-b"}}));
}

TEST_F(SelfTestTest, TellsChecksWhichSlotAndVersionTheyJudge) {
  add("10-a", 0);

  EXPECT_TRUE(run().passed);

  EXPECT_EQ(runner_.environments[0].at("DUNLIN_SLOT"), "b");
  EXPECT_EQ(runner_.environments[0].at("DUNLIN_VERSION"), "2.0");
}

TEST_F(SelfTestTest, PetsTheWatchdogWhileChecksRunAndKeepsItRunningAfterAFailure) {
  add("10-a", 1);
  runner_.ticks = 5;

  EXPECT_FALSE(run().passed);

  EXPECT_GE(watchdog_.petted, 5);
  EXPECT_TRUE(watchdog_.running);
}

TEST_F(SelfTestTest, SaysHowACheckEnded) {
  add("10-a", 0);
  runner_.programs["/tests/10-a"].timed_out = true;
  EXPECT_EQ(run().reason, "self-test 10-a did not end within 5 s: no output");
  runner_.programs["/tests/10-a"] = {};
  runner_.programs["/tests/10-a"].signal = 11;
  EXPECT_EQ(run().reason, "self-test 10-a was killed by signal 11: no output");
  runner_.programs.clear();
  EXPECT_NE(run().reason.find("cannot be started"), std::string::npos);
}

TEST_F(SelfTestTest, KeepsAllThatChecksPrinted) {
  add("10-a", 0, "all of it");
  add("20-b", 1, "line 1\nline 2");

  EXPECT_FALSE(run().passed);

  EXPECT_EQ(disk_.get_text("/state/self-tests/run-000001.txt"),
            "trial of 2.0 in slot b\n10-a: started\n  all of it\n10-a: passed\n20-b: started\n"
            "  line 1\n  line 2\n20-b: failed with code 1\n");
}

TEST_F(SelfTestTest, KeepsWhyACheckCouldNotBeStarted) {
  disk_.put("/tests/10-a", "");

  EXPECT_FALSE(run().passed);

  const std::string text = disk_.get_text("/state/self-tests/run-000001.txt").value_or("");
  EXPECT_NE(text.find("No such file"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("10-a: cannot be started\n")) << text;
}

TEST_F(SelfTestTest, BuiltInChecksComeBeforeThePrograms) {
  ask_for({BuiltInCheck::clock});
  runner_.add("sleep", 0);
  clock_.set_wall(WallTime());
  add("10-a", 0);

  EXPECT_EQ(run().reason, "built-in check clock: the clock says it is before 2024");

  EXPECT_EQ(runner_.times("/tests/10-a"), 0);
  EXPECT_EQ(runner_.times("sleep"), 3) << "it is looked at for three seconds";
}

TEST_F(SelfTestTest, WhatComesRightInTimeIsGood) {
  ask_for({BuiltInCheck::clock});
  runner_.add("sleep", 0);
  clock_.set_wall(WallTime());
  runner_.on_run = [this](const auto&) {
    if (runner_.times("sleep") == 3) clock_.set_wall(FakeClock().now());
  };

  EXPECT_TRUE(run().passed);
  EXPECT_GE(watchdog_.petted, 3);
}

TEST_F(SelfTestTest, WhatWasWrongBeforeDoesNotCount) {
  ask_for({BuiltInCheck::clock});
  clock_.set_wall(WallTime());
  is_updating_ = true;

  EXPECT_TRUE(run().passed);
}

TEST_F(SelfTestTest, KeepsTheLastWordsBounded) {
  add("10-a", 1, std::string(10'000, 'x') + "the end");

  const SelfTestVerdict verdict = run();

  EXPECT_LT(verdict.reason.size(), 500u);
  EXPECT_TRUE(verdict.reason.ends_with("the end"));
}

}  // namespace dunlin
