#include "core/base/process.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/clock.h"

namespace dunlin {

namespace {

ProcessSpec shell(const std::string& script) {
  ProcessSpec spec;
  spec.argv = {"sh", "-c", script};
  return spec;
}

ProcessOutcome run(const ProcessSpec& spec) {
  PosixProcessRunner runner;
  Result<ProcessOutcome> outcome = runner.run(spec);
  EXPECT_TRUE(outcome) << outcome.error().message;
  return outcome ? *outcome : ProcessOutcome{};
}

// Gone, or a zombie that waits for whoever adopted it.
bool is_dead(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  return text.empty() || text.find(") Z ") != std::string::npos || text.find(") X ") != std::string::npos;
}

bool dies(const std::string& pid) {
  const SystemClock clock;
  const SteadyTime end = clock.steady() + std::chrono::seconds(20);
  while (!is_dead(pid) && clock.steady() < end) std::this_thread::yield();
  return is_dead(pid);
}

}  // namespace

TEST(Process, GivesOutputAndExitCode) {
  const ProcessOutcome outcome = run(shell("echo out; echo err >&2; exit 3"));

  EXPECT_EQ(outcome.output, "out\nerr\n");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_EQ(outcome.signal, 0);
  EXPECT_FALSE(outcome.succeeded());
  EXPECT_TRUE(run(shell("true")).succeeded());
}

TEST(Process, FeedsStandardInputOfAnySize) {
  ProcessSpec spec = shell("wc -c");
  spec.standard_input = std::string(1'000'000, 'x');

  EXPECT_THAT(run(spec).output, testing::HasSubstr("1000000"));
}

TEST(Process, SurvivesAChildThatDoesNotReadItsInput) {
  ProcessSpec spec = shell("exec 0<&-; exit 0");
  spec.standard_input = std::string(1'000'000, 'x');

  EXPECT_TRUE(run(spec).succeeded());
}

TEST(Process, AddsToTheEnvironment) {
  ProcessSpec spec = shell("echo $DUNLIN_TEST_VALUE $HOME");
  spec.environment = {{"DUNLIN_TEST_VALUE", "a b"}, {"HOME", "/nowhere"}};

  EXPECT_EQ(run(spec).output, "a b /nowhere\n");
}

TEST(Process, TellsTheSignalThatEndedIt) {
  const ProcessOutcome outcome = run(shell("kill -9 $$"));

  EXPECT_EQ(outcome.signal, SIGKILL);
  EXPECT_EQ(outcome.exit_code, -1);
  EXPECT_FALSE(outcome.timed_out);
}

TEST(Process, KillsTheWholeGroupAtItsDeadline) {
  ProcessSpec spec = shell("sleep 1000 & echo $!; sleep 1000");
  spec.deadline = std::chrono::milliseconds(300);

  const ProcessOutcome outcome = run(spec);

  EXPECT_TRUE(outcome.timed_out);
  EXPECT_FALSE(outcome.succeeded());
  ASSERT_FALSE(outcome.output.empty());
  EXPECT_TRUE(dies(outcome.output.substr(0, outcome.output.find('\n'))));
}

TEST(Process, LeavesNoGrandchildBehind) {
  const ProcessOutcome outcome = run(shell("sleep 1000 & echo $!"));

  EXPECT_TRUE(outcome.succeeded());
  EXPECT_TRUE(dies(outcome.output.substr(0, outcome.output.find('\n'))));
}

TEST(Process, AGrandchildThatNeverStopsWritingDoesNotHoldTheCaller) {
  ProcessSpec spec = shell("yes & exit 0");
  spec.output_bytes_max = 100;

  const ProcessOutcome outcome = run(spec);

  EXPECT_TRUE(outcome.succeeded());
  EXPECT_LE(outcome.output.size(), 140u) << "both ends, and a line between that says what is missing";
}

TEST(Process, KeepsNoMoreOutputThanAllowed) {
  ProcessSpec spec = shell("head -c 300000 /dev/zero | tr '\\0' x; echo end >&2");
  spec.output_bytes_max = 1000;

  const ProcessOutcome outcome = run(spec);

  EXPECT_EQ(outcome.output,
            std::string(500, 'x') + "\n[299004 bytes left out]\n" + std::string(496, 'x') + "end\n");
  EXPECT_TRUE(outcome.succeeded()) << "the rest is read and dropped, so the child is not blocked";
}

TEST(Process, KeepsAllOutputUpToTheBound) {
  EXPECT_EQ(run(shell("head -c 60000 /dev/zero | tr '\\0' x")).output, std::string(60'000, 'x'));
}

TEST(Process, CallsBackWhileTheChildRuns) {
  int calls = 0;
  ProcessSpec spec = shell("read line");
  spec.standard_input = "go\n";
  spec.while_running = [&calls] { ++calls; };

  EXPECT_TRUE(run(spec).succeeded());

  EXPECT_GE(calls, 1);
}

TEST(Process, RefusesAProgramThatIsNotThere) {
  PosixProcessRunner runner;
  ProcessSpec spec;
  EXPECT_EQ(runner.run(spec).error().kind, ErrorKind::usage);
  spec.argv = {"/nowhere/program"};

  auto outcome = runner.run(spec);

  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::device);
  EXPECT_THAT(outcome.error().message, testing::HasSubstr("/nowhere/program"));
}

TEST(Process, RunOrFailGivesTheLastWords) {
  PosixProcessRunner runner;

  EXPECT_EQ(*run_or_fail(runner, {"echo", "fine"}), "fine\n");
  auto failed = run_or_fail(runner, {"sh", "-c", "echo no such slot; exit 2"});

  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, testing::HasSubstr("code 2: no such slot"));
}

}  // namespace dunlin
