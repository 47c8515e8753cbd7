#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace dunlin {

// So many power cuts in a row, before the applier starts, must not end a trial where the boot loader counts.
inline constexpr int quick_cuts_survived = 3;

// Where the newest image stands between its commit and its verdict. Persisted before the effect of a step.
enum class TrialPhase {
  idle,       // nothing on trial
  arming,     // verified by read-back; the boot flags are about to say so
  armed,      // the boot flags pick it at the next boot
  running,    // booted, self-tests not finished
  passed,     // self-tests passed; the boot flags are about to say so
  confirmed,  // good for good
  failed,     // verdict against it; it still runs until the reboot
  fell_back,  // the device runs the other slot again
};

enum class TrialEvent {
  committed,          // an image was read back and is to be tried
  armed_written,      // the boot flags were written and read back
  booted_trial_slot,  // the program started in the slot on trial
  waiting,            // started in the other slot, and the firmware will pick the trial slot next
  never_armed,        // started in the other slot, and the trial slot is marked unbootable
  cut_short,          // started in the other slot after a try without verdict; another try is allowed
  ended,              // started in the other slot after the last try without verdict
  test_passed,        // self-tests passed, or a person confirmed
  test_failed,        // a self-test failed, or a person rolled back
  confirm_written,    // the boot flags were written and read back
  aborted,            // the install was taken back; the boot flags say so already
};

enum class TrialEffect {
  none,
  arm,                  // write the boot flags so that the trial slot is next
  arm_and_reboot,       // the same, and try again now
  run_self_test,        // under the watchdog
  confirm,              // write the boot flags so that the trial slot stays
  mark_bad,             // write the boot flags so that the trial slot is never picked
  mark_bad_and_reboot,  // the same, and leave it now
};

struct TrialStep {
  TrialPhase from;
  TrialEvent event;
  TrialPhase to;
  TrialEffect effect;
};

// Looks the pair up in the table; nothing when the event means nothing in this phase.
std::optional<TrialStep> step(TrialPhase from, TrialEvent event);

std::string_view to_string(TrialPhase phase);
std::string_view to_string(TrialEvent event);
std::string_view to_string(TrialEffect effect);
std::optional<TrialPhase> parse_trial_phase(std::string_view text);

// The table as docs/trial.md prints it.
std::string trial_table_markdown();

}  // namespace dunlin
