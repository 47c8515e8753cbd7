#pragma once
#include "applier/applier_state.h"
#include "applier/boot/boot_control.h"
#include "applier/self_test.h"

namespace dunlin {

struct TrialSettings {
  int tries = quick_cuts_survived + 1;      // boots an armed slot gets; the backend may count fewer
  std::vector<std::string> reboot_command;  // argv
};

// Carries out the trial table: persists each phase before its effect, writes boot flags, runs self-tests,
// reboots. Every effect can be repeated after a power cut.
class Trial {
 public:
  Trial(StateFile& state, BootControl& boot, SelfTest& self_test, ProcessRunner& runner,
        TrialSettings settings)
      : state_(state), boot_(boot), self_test_(self_test), runner_(runner), settings_(std::move(settings)) {}

  // Once at every program start, as early as possible: refills the tries of a good booted slot, goes on with
  // a trial, or reports how it ended. May run self-tests and may order a reboot. `breathe` as in
  // SelfTest::run.
  Result<void> resume(const std::string& booted, const std::function<void()>& breathe);

  // The image in install.slot was read back: the firmware shall try it at the next boot.
  Result<void> arm(const std::string& booted, const InstallRecord& install);
  // Takes an armed trial back; nothing to do when none is armed.
  Result<void> disarm();
  // A person's verdict on the running trial. usage when none is running.
  Result<void> confirm_by_hand();
  Result<void> fail_by_hand();

  // Runs the reboot command.
  Result<void> reboot();

  // The booted slot is on trial and has no verdict yet, or its verdict is being carried out.
  bool is_running() const;
  // A trial began and is not settled, whichever slot is booted.
  bool is_unfinished() const;

 private:
  Result<void> take(TrialEvent event, const std::string& reason = {});
  void note(ApplierState& next, const TrialStep& row, const std::string& reason) const;
  Result<void> carry_out(TrialEffect effect);
  Result<void> write_arm();
  int armed_tries() const;
  Result<void> give_back_lost_tries();
  std::string evidence_of_a_crash() const;
  Result<void> write_bad();
  Result<void> mark_bad_and_reboot();
  Result<void> close_way_back();
  TrialEvent event_in_other_slot(const BootFlags& flags, std::string& reason) const;

  StateFile& state_;
  BootControl& boot_;
  SelfTest& self_test_;
  ProcessRunner& runner_;
  TrialSettings settings_;
  std::string booted_;
  std::function<void()> breathe_;
};

}  // namespace dunlin
