#include "applier/self_test.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_disk.h"
#include "tests/fakes/fake_process_runner.h"
#include "tests/fakes/fake_watchdog.h"

namespace dunlin {

namespace {

class SelfTestTest : public testing::Test {
 protected:
  SelfTestVerdict run() { return self_test_.run("b", "2.0", {}); }
  void add(const std::string& name, int exit_code, std::string output = "") {
    disk_.put("/tests/" + name, "");
    runner_.add("/tests/" + name, exit_code, std::move(output));
  }

  FakeDisk disk_;
  FakeProcessRunner runner_;
  FakeWatchdog watchdog_;
  SelfTest self_test_{
      disk_, runner_, watchdog_, {"/tests", std::chrono::seconds(5), std::chrono::seconds(60)}};
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

TEST_F(SelfTestTest, KeepsTheLastWordsBounded) {
  add("10-a", 1, std::string(10'000, 'x') + "the end");

  const SelfTestVerdict verdict = run();

  EXPECT_LT(verdict.reason.size(), 500u);
  EXPECT_TRUE(verdict.reason.ends_with("the end"));
}

}  // namespace dunlin
