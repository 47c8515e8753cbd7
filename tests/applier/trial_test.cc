// A device of three parts in memory: the state file, a boot loader with its firmware, self-test programs.
// Each boot makes a new Trial over them, as a new process would.
#include "applier/trial.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/fake_boot_control.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_disk.h"
#include "tests/fakes/fake_process_runner.h"
#include "tests/fakes/fake_watchdog.h"

namespace dunlin {

namespace {

class TrialTest : public testing::Test {
 protected:
  TrialTest() {
    disk_.put("/state/keep", "");
    disk_.put("/tests/10-first", "");
    disk_.put("/tests/20-app", "");
    disk_.sync_all();
    runner_.add("/tests/10-first", 0);
    runner_.add("/tests/20-app", 0);
    runner_.add("reboot", 0);
    install_.slot = "b";
    install_.image = {sha256(as_bytes("image 2")), "2", 1000};
    install_.version_floor = "1.5";
  }

  // Runs `use` in a fresh process in the slot `booted`.
  template <class Use>
  auto in_process(Use use) {
    StateFile state = *StateFile::open(disk_, "/state/state.json");
    BuiltInChecks built_in(disk_, clock_, runner_, {{"a", "/slot-a"}, {"b", "/slot-b"}}, built_in_settings_);
    SelfTest self_test(
        disk_, runner_, watchdog_, built_in,
        {"/tests", std::chrono::seconds(5), std::chrono::seconds(60), {"/pstore"}, "/state/self-tests"});
    Trial trial(state, boot_, self_test, runner_, {quick_cuts_survived + 1, {"reboot"}});
    return use(trial);
  }
  // Everything at the program's start in the slot that the firmware picks.
  Result<void> start_in(const std::string& slot) {
    return in_process([&](Trial& trial) { return trial.resume(slot, [this] { ++breaths_; }); });
  }
  Result<void> boot() { return start_in(booted_ = boot_.boot()); }
  // The applier starts, and the power goes while the self-test runs.
  void boot_until_cut_in_self_test() {
    booted_ = boot_.boot();
    auto until_the_cut = [&](Trial& trial) {
      return trial.resume(booted_, [this] { disk_.cut_power_at(1); });
    };
    static_cast<void>(in_process(until_the_cut));  // a process that the cut ends, unless it fell back before
    disk_.restart(Unsynced::lost, 0);
  }
  void arm() {
    ASSERT_TRUE(boot_.mark_unbootable("b"));
    ASSERT_TRUE(in_process([&](Trial& trial) { return trial.arm("a", install_); }));
  }
  ApplierState state() { return StateFile::open(disk_, "/state/state.json")->now(); }
  TrialPhase phase() { return state().trial.phase; }

  FakeDisk disk_;
  FakeBootControl boot_{{"a", "b"}};
  FakeProcessRunner runner_;
  FakeWatchdog watchdog_;
  FakeClock clock_;
  BuiltInSettings built_in_settings_{{}, std::chrono::seconds(1), {}};
  InstallRecord install_;
  std::string booted_;
  int breaths_ = 0;
};

}  // namespace

TEST_F(TrialTest, RefillsTheTriesOfAGoodSlotInEveryBoot) {
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(boot());
    EXPECT_EQ(booted_, "a");
    EXPECT_EQ(boot_.read()->of("a").tries_left, 3);
  }
  EXPECT_EQ(runner_.times("/tests/10-first"), 0);
}

TEST_F(TrialTest, ConfirmsAndRaisesTheFloorWhenEveryCheckPasses) {
  arm();
  EXPECT_EQ(phase(), TrialPhase::armed);

  ASSERT_TRUE(boot());

  EXPECT_EQ(booted_, "b");
  EXPECT_EQ(phase(), TrialPhase::confirmed);
  EXPECT_EQ(state().version_floor, "1.5");
  EXPECT_EQ(boot_.read()->next, "b");
  EXPECT_EQ(boot_.read()->of("b").tries_left, 3);
  EXPECT_FALSE(watchdog_.running);
  EXPECT_GT(breaths_, 0);
}

TEST_F(TrialTest, NeverLowersTheFloor) {
  StateFile file = *StateFile::open(disk_, "/state/state.json");
  ApplierState before;
  before.version_floor = "3";
  ASSERT_TRUE(file.change(before));
  arm();

  ASSERT_TRUE(boot());

  EXPECT_EQ(state().version_floor, "3");
}

TEST_F(TrialTest, FallsBackWithTheFailingChecksNameCodeAndWords) {
  runner_.add("/tests/20-app", 7, "app says: no database\n");
  arm();

  ASSERT_TRUE(boot());
  EXPECT_EQ(phase(), TrialPhase::failed);
  EXPECT_EQ(runner_.times("reboot"), 1);
  EXPECT_TRUE(watchdog_.running);
  ASSERT_TRUE(boot());

  EXPECT_EQ(booted_, "a");
  EXPECT_EQ(phase(), TrialPhase::fell_back);
  EXPECT_EQ(state().trial.reason, "self-test 20-app failed with code 7: app says: no database");
  EXPECT_TRUE(state().has_failed(install_.image.image_id));
  EXPECT_FALSE(boot_.read()->of("b").enabled);
  EXPECT_EQ(state().version_floor, "");
}

TEST_F(TrialTest, KnowsWhereTheSelfTestsWordsAreOnceTheTrialFellBack) {
  runner_.add("/tests/20-app", 7, "no database");
  arm();
  EXPECT_EQ(state().trial.record, "");

  ASSERT_TRUE(boot());
  ASSERT_TRUE(boot());

  EXPECT_EQ(phase(), TrialPhase::fell_back);
  EXPECT_EQ(state().trial.record, "/state/self-tests/run-000001.txt");
  EXPECT_THAT(disk_.get_text(state().trial.record).value_or(""), testing::HasSubstr("no database"));
}

TEST_F(TrialTest, WhatWasWrongBeforeTheUpdateDoesNotCountAgainstIt) {
  built_in_settings_.checks = {BuiltInCheck::clock};
  clock_.set_wall(WallTime());
  arm();

  ASSERT_TRUE(boot());

  EXPECT_EQ(phase(), TrialPhase::confirmed);
}

TEST_F(TrialTest, FallsBackForWhatABuiltInCheckFindsAfterTheUpdateOnly) {
  built_in_settings_.checks = {BuiltInCheck::clock};
  runner_.add("sleep", 0);
  arm();
  clock_.set_wall(WallTime());

  ASSERT_TRUE(boot());

  EXPECT_EQ(phase(), TrialPhase::failed);
  EXPECT_EQ(state().trial.reason, "built-in check clock: the clock says it is before 2024");
  EXPECT_THAT(disk_.get_text(state().trial.record).value_or(""),
              testing::EndsWith("  the clock says it is before 2024\nbuilt-in check clock: failed\n"));
}

TEST_F(TrialTest, KnowsWhichCheckRanWhenTheDeviceHung) {
  arm();
  boot_until_cut_in_self_test();
  while (boot_.read()->next == "b") booted_ = boot_.boot();
  watchdog_.reset_by_it = true;

  ASSERT_TRUE(boot());

  EXPECT_EQ(phase(), TrialPhase::fell_back);
  EXPECT_THAT(disk_.get_text(state().trial.record).value_or(""), testing::EndsWith("10-first: started\n"));
}

TEST_F(TrialTest, MarksASlotBadAgainWhenPowerWentAfterTheVerdict) {
  runner_.add("/tests/20-app", 1);
  arm();
  boot_.unwritable = true;
  ASSERT_TRUE(start_in("b"));
  boot_.unwritable = false;
  EXPECT_EQ(phase(), TrialPhase::failed);
  EXPECT_TRUE(boot_.read()->of("b").enabled);

  ASSERT_TRUE(boot());

  EXPECT_FALSE(boot_.read()->of("b").enabled);
  EXPECT_EQ(runner_.times("/tests/20-app"), 1) << "the verdict stands";
  EXPECT_EQ(runner_.times("reboot"), 2);
}

TEST_F(TrialTest, KeepsTheOnlyBootableSlotAlthoughItFailed) {
  runner_.add("/tests/20-app", 1);
  arm();
  ASSERT_TRUE(boot_.mark_unbootable("a"));

  EXPECT_FALSE(start_in("b"));

  EXPECT_EQ(phase(), TrialPhase::failed);
  EXPECT_EQ(runner_.times("reboot"), 0);
}

TEST_F(TrialTest, StaysArmedWhenTheProgramIsRestartedBeforeTheReboot) {
  arm();

  ASSERT_TRUE(start_in("a"));

  EXPECT_EQ(phase(), TrialPhase::armed);
  EXPECT_EQ(boot_.read()->next, "b");
  EXPECT_EQ(runner_.times("reboot"), 0);
}

TEST_F(TrialTest, ThreePowerCutsBeforeTheApplierStartsDoNotBringBackTheOldRelease) {
  arm();
  for (int i = 0; i < quick_cuts_survived; ++i) ASSERT_EQ(boot_.boot(), "b");

  ASSERT_TRUE(boot());

  EXPECT_EQ(booted_, "b");
  EXPECT_EQ(phase(), TrialPhase::confirmed);
}

TEST_F(TrialTest, FallsBackWithoutVerdictWhenTheFirmwareHasNoTriesLeft) {
  arm();
  for (int i = 0; i < quick_cuts_survived + 1; ++i) ASSERT_EQ(boot_.boot(), "b");

  ASSERT_TRUE(boot());

  EXPECT_EQ(booted_, "a");
  EXPECT_EQ(phase(), TrialPhase::fell_back);
  EXPECT_EQ(state().trial.reason, "the trial ended without a verdict (crash, watchdog reset or power loss)");
  EXPECT_FALSE(boot_.read()->of("b").enabled);
  EXPECT_EQ(runner_.times("reboot"), 0);
}

TEST_F(TrialTest, ArmsAOneTrySchemeThreeTimesMoreAndThenGivesUp) {
  boot_.one_try = true;
  arm();
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(runner_.times("reboot"), i);
    ASSERT_EQ(boot_.boot(), "b") << "try " << i;  // the power goes before the applier starts
    ASSERT_TRUE(boot());
    EXPECT_EQ(booted_, "a");
  }

  EXPECT_EQ(phase(), TrialPhase::fell_back);
  EXPECT_EQ(runner_.times("reboot"), 3);
  EXPECT_TRUE(state().has_failed(install_.image.image_id));
  EXPECT_EQ(boot_.boot(), "a");
}

TEST_F(TrialTest, PowerCutsInTheSelfTestDoNotUseUpTheTriesOfARelease) {
  arm();
  for (int i = 0; i < 2 * (quick_cuts_survived + 1); ++i) {
    boot_until_cut_in_self_test();
    ASSERT_EQ(booted_, "b") << "cut " << i;
    ASSERT_EQ(phase(), TrialPhase::running);
  }

  ASSERT_TRUE(boot());

  EXPECT_EQ(booted_, "b");
  EXPECT_EQ(phase(), TrialPhase::confirmed);
}

TEST_F(TrialTest, AReleaseThatNeverComesThroughItsSelfTestFallsBackInTheEnd) {
  arm();
  for (booted_ = "b"; booted_ == "b" && phase() != TrialPhase::confirmed;) {
    ASSERT_LT(boot_.changes, 20);
    boot_until_cut_in_self_test();
  }

  ASSERT_TRUE(start_in("a"));

  EXPECT_EQ(phase(), TrialPhase::fell_back);
  EXPECT_FALSE(boot_.read()->of("b").enabled);
}

TEST_F(TrialTest, ArmsAReleaseAgainThatRanOutOfTriesAfterItHadComeUp) {
  arm();
  boot_until_cut_in_self_test();
  for (int i = 0; i < quick_cuts_survived; ++i) ASSERT_EQ(boot_.boot(), "b");

  ASSERT_TRUE(boot());
  EXPECT_EQ(booted_, "a");
  EXPECT_EQ(phase(), TrialPhase::armed);
  ASSERT_TRUE(boot());

  EXPECT_EQ(booted_, "b");
  EXPECT_EQ(phase(), TrialPhase::confirmed);
}

TEST_F(TrialTest, GivesNoTriesBackForResetsByTheWatchdog) {
  arm();
  watchdog_.reset_by_it = true;
  for (int i = 0; i < quick_cuts_survived + 1; ++i) {
    boot_until_cut_in_self_test();
    ASSERT_EQ(booted_, "b");
  }

  ASSERT_TRUE(boot());

  EXPECT_EQ(booted_, "a");
  EXPECT_EQ(phase(), TrialPhase::fell_back);
  EXPECT_EQ(state().trial.reason, "the watchdog reset the device during the trial");
}

TEST_F(TrialTest, DoesNotTryAgainWhatTheWatchdogReset) {
  boot_.one_try = true;
  arm();
  ASSERT_EQ(boot_.boot(), "b");
  watchdog_.reset_by_it = true;

  ASSERT_TRUE(boot());

  EXPECT_EQ(phase(), TrialPhase::fell_back);
  EXPECT_EQ(state().trial.reason, "the watchdog reset the device during the trial");
}

TEST_F(TrialTest, ForgetsATrialWhoseFlagsWereNeverWritten) {
  ASSERT_TRUE(boot_.mark_unbootable("b"));
  boot_.unwritable = true;
  EXPECT_FALSE(in_process([&](Trial& trial) { return trial.arm("a", install_); }));
  EXPECT_EQ(phase(), TrialPhase::arming);
  boot_.unwritable = false;

  ASSERT_TRUE(boot());

  EXPECT_EQ(phase(), TrialPhase::idle);
  EXPECT_EQ(boot_.read()->next, "a");
}

TEST_F(TrialTest, ConfirmsAtTheNextStartWhatPassedBeforeTheFlagsWereWritten) {
  arm();
  ASSERT_EQ(boot_.boot(), "b");
  boot_.unwritable = true;
  EXPECT_FALSE(start_in("b"));
  EXPECT_EQ(phase(), TrialPhase::passed);
  boot_.unwritable = false;

  ASSERT_TRUE(boot());

  EXPECT_EQ(phase(), TrialPhase::confirmed);
  EXPECT_EQ(runner_.times("/tests/20-app"), 1);
}

TEST_F(TrialTest, SendsAPassedImageBackToItsSlotWhenItsTriesRanOut) {
  boot_.one_try = true;
  arm();
  ASSERT_EQ(boot_.boot(), "b");
  boot_.unwritable = true;
  EXPECT_FALSE(start_in("b"));
  boot_.unwritable = false;

  ASSERT_TRUE(boot());
  EXPECT_EQ(booted_, "a");
  ASSERT_TRUE(boot());

  EXPECT_EQ(booted_, "b");
  EXPECT_EQ(phase(), TrialPhase::confirmed);
}

TEST_F(TrialTest, FailsWhenTheWatchdogCannotBeStarted) {
  watchdog_.broken = true;
  arm();

  ASSERT_TRUE(boot());

  EXPECT_EQ(phase(), TrialPhase::failed);
  EXPECT_NE(state().trial.reason.find("watchdog"), std::string::npos);
}

TEST_F(TrialTest, TakesAnArmedTrialBack) {
  arm();

  ASSERT_TRUE(in_process([](Trial& trial) { return trial.disarm(); }));

  EXPECT_EQ(phase(), TrialPhase::idle);
  EXPECT_FALSE(boot_.read()->of("b").enabled);
}

TEST_F(TrialTest, LeavesABadSlotThatSomebodyBootedByHandAlone) {
  runner_.add("/tests/20-app", 1);
  arm();
  ASSERT_TRUE(boot());
  ASSERT_TRUE(boot());
  ASSERT_EQ(phase(), TrialPhase::fell_back);
  const int changes = boot_.changes;

  ASSERT_TRUE(start_in("b"));

  EXPECT_EQ(boot_.changes, changes);
}

TEST_F(TrialTest, ReportsUnreadableFlagsAndChangesNothing) {
  arm();
  const ApplierState before = state();
  boot_.unreadable = true;

  EXPECT_FALSE(start_in("a"));

  EXPECT_EQ(state(), before);
}

TEST_F(TrialTest, APanicDuringTheOnlyTryIsAFailureOfTheRelease) {
  boot_.one_try = true;
  arm();
  ASSERT_EQ(boot_.boot(), "b");
  disk_.put("/pstore/dmesg-erst-2", "Panic#1");

  ASSERT_TRUE(boot());

  EXPECT_EQ(booted_, "a");
  EXPECT_EQ(phase(), TrialPhase::fell_back);
  EXPECT_THAT(state().trial.reason, testing::HasSubstr("/pstore/dmesg-erst-2"));
}

TEST_F(TrialTest, APanicBeforeTheTrialDoesNotCountAgainstTheRelease) {
  boot_.one_try = true;
  disk_.put("/pstore/dmesg-erst-1", "Panic#1");
  arm();
  ASSERT_EQ(boot_.boot(), "b");  // power cut before the applier starts

  ASSERT_TRUE(boot());

  EXPECT_EQ(booted_, "a");
  EXPECT_EQ(phase(), TrialPhase::armed);
}

class WayBackTest : public TrialTest {
 protected:
  // Slot a holds this version; none: nobody recorded it.
  void slot_a_holds(const std::string& version) {
    StateFile file = *StateFile::open(disk_, "/state/state.json");
    ApplierState next = file.now();
    if (!version.empty()) next.slots["a"] = {{sha256(as_bytes("image " + version)), version, 1000}, true};
    ASSERT_TRUE(file.change(next));
  }
  bool can_fall_back() { return boot_.read()->of("a").enabled; }
};

TEST_F(WayBackTest, IsOpenToAReleaseThatIsNotBelowTheFloor) {
  slot_a_holds("1.5");
  arm();

  ASSERT_TRUE(boot());

  EXPECT_TRUE(can_fall_back());
}

TEST_F(WayBackTest, IsClosedToAReleaseBelowTheFloorAndToAnUnknownOne) {
  for (const std::string& version : {std::string("1.4"), std::string()}) {
    SCOPED_TRACE(version);
    slot_a_holds(version);
    arm();
    EXPECT_TRUE(can_fall_back()) << "until the new release is confirmed";

    ASSERT_TRUE(boot());

    EXPECT_EQ(phase(), TrialPhase::confirmed);
    EXPECT_FALSE(can_fall_back());
    EXPECT_EQ(boot_.read()->next, "b");
    ASSERT_TRUE(disk_.remove("/state/state.json"));
    boot_ = FakeBootControl{{"a", "b"}};
  }
}

TEST_F(WayBackTest, StaysOpenWhenTheTrialFails) {
  runner_.add("/tests/10-first", 1);
  slot_a_holds("1.4");
  arm();
  ASSERT_TRUE(boot());

  ASSERT_TRUE(boot());

  EXPECT_EQ(booted_, "a");
  EXPECT_EQ(phase(), TrialPhase::fell_back);
  EXPECT_TRUE(can_fall_back());
}

TEST_F(WayBackTest, IsClosedAtTheNextStartWhenThePowerWentInBetween) {
  slot_a_holds("1.4");
  arm();
  ASSERT_TRUE(boot());
  boot_ = FakeBootControl{{"a", "b"}};
  ASSERT_TRUE(boot_.confirm("b"));
  ASSERT_TRUE(can_fall_back());

  ASSERT_TRUE(start_in("b"));

  EXPECT_FALSE(can_fall_back());
}

TEST_F(WayBackTest, ADeviceThatRunsBelowItsFloorKeepsBothSlots) {
  slot_a_holds("1.4");
  arm();
  ASSERT_TRUE(boot());
  boot_ = FakeBootControl{{"a", "b"}};
  ASSERT_TRUE(boot_.confirm("a"));

  ASSERT_TRUE(start_in("a"));

  EXPECT_TRUE(boot_.read()->of("a").enabled);
  EXPECT_TRUE(boot_.read()->of("b").enabled);
}

}  // namespace dunlin
