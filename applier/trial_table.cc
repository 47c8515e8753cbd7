#include "applier/trial_table.h"

#include <array>

namespace dunlin {

namespace {

constexpr std::array table = [] {
  using enum TrialPhase;
  using enum TrialEvent;
  using enum TrialEffect;
  return std::to_array<TrialStep>({
      // A new image is ready to be tried.
      {idle, committed, arming, arm},
      {confirmed, committed, arming, arm},
      {fell_back, committed, arming, arm},
      {arming, committed, arming, arm},
      {arming, armed_written, armed, none},
      // Taken back before the reboot.
      {arming, aborted, idle, none},
      {armed, aborted, idle, none},
      // The trial slot came up.
      {arming, booted_trial_slot, running, run_self_test},
      {armed, booted_trial_slot, running, run_self_test},
      {running, booted_trial_slot, running, run_self_test},
      {passed, booted_trial_slot, passed, confirm},
      {failed, booted_trial_slot, failed, mark_bad_and_reboot},
      // The other slot came up, and the trial is still ahead.
      {arming, waiting, armed, none},
      {armed, waiting, armed, none},
      {running, waiting, armed, none},
      {passed, waiting, passed, none},
      {failed, waiting, fell_back, mark_bad},
      // The other slot came up, and the trial slot cannot: power went before the flags were written.
      {arming, never_armed, idle, none},
      {armed, never_armed, idle, none},
      {running, never_armed, fell_back, none},
      {passed, never_armed, fell_back, none},
      {failed, never_armed, fell_back, none},
      // The other slot came up after a try without verdict.
      {arming, cut_short, arming, arm_and_reboot},
      {armed, cut_short, arming, arm_and_reboot},
      {running, cut_short, arming, arm_and_reboot},
      {passed, cut_short, passed, arm_and_reboot},
      {failed, cut_short, fell_back, mark_bad},
      {arming, ended, fell_back, mark_bad},
      {armed, ended, fell_back, mark_bad},
      {running, ended, fell_back, mark_bad},
      {passed, ended, passed, arm_and_reboot},
      {failed, ended, fell_back, mark_bad},
      // The verdict.
      {running, test_passed, passed, confirm},
      {running, test_failed, failed, mark_bad_and_reboot},
      {passed, test_passed, passed, confirm},
      {passed, test_failed, failed, mark_bad_and_reboot},
      {failed, test_failed, failed, mark_bad_and_reboot},
      {passed, confirm_written, confirmed, none},
  });
}();

constexpr bool no_pair_twice() {
  for (std::size_t i = 0; i < table.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      if (table[i].from == table[k].from && table[i].event == table[k].event) return false;
  return true;
}
static_assert(no_pair_twice());

}  // namespace

std::optional<TrialStep> step(TrialPhase from, TrialEvent event) {
  for (const TrialStep& row : table)
    if (row.from == from && row.event == event) return row;
  return std::nullopt;
}

std::string_view to_string(TrialPhase phase) {
  switch (phase) {
    case TrialPhase::idle:
      return "idle";
    case TrialPhase::arming:
      return "arming";
    case TrialPhase::armed:
      return "armed";
    case TrialPhase::running:
      return "running";
    case TrialPhase::passed:
      return "passed";
    case TrialPhase::confirmed:
      return "confirmed";
    case TrialPhase::failed:
      return "failed";
    case TrialPhase::fell_back:
      return "fell_back";
  }
  return "idle";
}

std::string_view to_string(TrialEvent event) {
  switch (event) {
    case TrialEvent::committed:
      return "committed";
    case TrialEvent::armed_written:
      return "armed_written";
    case TrialEvent::booted_trial_slot:
      return "booted_trial_slot";
    case TrialEvent::waiting:
      return "waiting";
    case TrialEvent::never_armed:
      return "never_armed";
    case TrialEvent::cut_short:
      return "cut_short";
    case TrialEvent::ended:
      return "ended";
    case TrialEvent::test_passed:
      return "test_passed";
    case TrialEvent::test_failed:
      return "test_failed";
    case TrialEvent::confirm_written:
      return "confirm_written";
    case TrialEvent::aborted:
      return "aborted";
  }
  return "aborted";
}

std::string_view to_string(TrialEffect effect) {
  switch (effect) {
    case TrialEffect::none:
      return "none";
    case TrialEffect::arm:
      return "arm";
    case TrialEffect::arm_and_reboot:
      return "arm_and_reboot";
    case TrialEffect::run_self_test:
      return "run_self_test";
    case TrialEffect::confirm:
      return "confirm";
    case TrialEffect::mark_bad:
      return "mark_bad";
    case TrialEffect::mark_bad_and_reboot:
      return "mark_bad_and_reboot";
  }
  return "none";
}

std::optional<TrialPhase> parse_trial_phase(std::string_view text) {
  using enum TrialPhase;
  for (TrialPhase phase : {idle, arming, armed, running, passed, confirmed, failed, fell_back})
    if (to_string(phase) == text) return phase;
  return std::nullopt;
}

std::string trial_table_markdown() {
  std::string text = "| phase | event | next phase | effect |\n| --- | --- | --- | --- |\n";
  for (const TrialStep& row : table) {
    for (std::string_view cell :
         {to_string(row.from), to_string(row.event), to_string(row.to), to_string(row.effect)})
      text.append("| ").append(cell).append(" ");
    text += "|\n";
  }
  return text;
}

}  // namespace dunlin
