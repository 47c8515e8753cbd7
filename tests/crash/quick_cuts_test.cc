// Promise 8 on every boot loader: a release is armed, and then the power goes three times in a row while it
// starts, before anything of ours runs.
#include <gtest/gtest.h>

#include "applier/trial_table.h"
#include "core/base/log.h"
#include "tests/crash/crash_judge.h"

namespace dunlin {

namespace {

const Story& confirm_story() {
  for (const Story& each : stories())
    if (each.name == "confirm") return each;
  std::abort();
}

CrashDevice without_power(const CrashDevice& device) {
  return device.revived(Fate(device.disk().unsynced().size(), false));
}

class QuickCuts : public testing::TestWithParam<BootWorld> {
 protected:
  void SetUp() override {
    set_log_level(LogLevel::error);
    while (device_.boot() == "a") device_.live_in("a");
    // Version 2 was chosen for the first time, and that boot is the first to be cut.
    device_ = without_power(device_);
    for (int cut = 1; cut < quick_cuts_survived; ++cut) {
      last_ = device_.boot();
      device_ = without_power(device_);
    }
  }
  bool counts() { return GetParam().control(device_.disk())->tries_max() > quick_cuts_survived; }

  CrashRig rig_{GetParam(), {}};
  CrashDevice device_{rig_, confirm_story()};
  std::string last_;  // slot of the last boot that was cut
};

}  // namespace

TEST_P(QuickCuts, StayWithTheNewReleaseWhereTheBootLoaderCountsAndNeverEndItsTrial) {
  CrashDevice next = device_.copy();
  if (counts()) {
    EXPECT_EQ(last_, "b");
    EXPECT_EQ(next.boot(), "b");
  }

  const Judgement judgement = CrashJudge(confirm_story()).judge(device_);

  EXPECT_EQ(judgement.fault, Fault::none) << judgement.words;
}

INSTANTIATE_TEST_SUITE_P(Every, QuickCuts, testing::ValuesIn(boot_worlds()),
                         [](const auto& world) { return test_name(world.param); });

}  // namespace dunlin
