#include "applier/trial.h"

#include "applier/floor.h"
#include "core/base/log.h"
#include "core/trust/version.h"

namespace dunlin {

namespace {

// How often tries that power cuts used up are given again before the next one counts as a failure.
constexpr int rearms_max = 3;
constexpr const char* no_verdict = "the trial ended without a verdict (crash, watchdog reset or power loss)";
constexpr const char* watchdog_verdict = "the watchdog reset the device during the trial";

bool is_settled(TrialPhase phase) {
  return phase == TrialPhase::idle || phase == TrialPhase::confirmed || phase == TrialPhase::fell_back;
}

void raise_floor(ApplierState& state, const std::string& floor) {
  if (floor.empty()) return;
  if (state.version_floor.empty() || compare_versions(floor, state.version_floor) > 0)
    state.version_floor = floor;
}

}  // namespace

bool Trial::is_unfinished() const {
  const TrialPhase phase = state_.now().trial.phase;
  return phase == TrialPhase::running || phase == TrialPhase::passed || phase == TrialPhase::failed;
}

bool Trial::is_running() const {
  return is_unfinished() && state_.now().trial.install.slot == booted_;
}

Result<void> Trial::resume(const std::string& booted, const std::function<void()>& breathe) {
  booted_ = booted;
  breathe_ = breathe;
  const TrialRecord& trial = state_.now().trial;
  const bool on_trial = !is_settled(trial.phase) && trial.install.slot == booted;
  if (on_trial) {
    Result<void> given = give_back_lost_tries();
    // The trial goes on with the tries that it has.
    if (!given) log_error("giving back the tries of the trial failed", {{"error", given.error()}});
    return take(TrialEvent::booted_trial_slot);
  }
  Result<BootFlags> flags = boot_.read();
  if (!flags) return fail(std::move(flags.error()));
  if (trial.phase == TrialPhase::fell_back && trial.install.slot == booted) {
    log_warning("the booted slot failed its trial earlier; its tries are not refilled", {{"slot", booted}});
    return {};
  }
  Result<void> refilled = boot_.refill(booted);
  if (!refilled) return fail(std::move(refilled.error()), "refilling the tries of slot " + booted);
  if (trial.phase == TrialPhase::fell_back && flags->of(trial.install.slot).enabled) return write_bad();
  if (is_settled(trial.phase)) return close_way_back();
  std::string reason;
  const TrialEvent event = event_in_other_slot(*flags, reason);
  return take(event, reason);
}

TrialEvent Trial::event_in_other_slot(const BootFlags& flags, std::string& reason) const {
  const TrialRecord& trial = state_.now().trial;
  if (flags.next == trial.install.slot) return TrialEvent::waiting;
  reason = no_verdict;
  if (!flags.of(trial.install.slot).enabled) return TrialEvent::never_armed;
  const std::string crash = evidence_of_a_crash();
  if (!crash.empty()) reason = crash;
  if (!crash.empty() || trial.rearms_left == 0) return TrialEvent::ended;
  // Enough tries for quick cuts, and the image never got as far as the applier: it is dead.
  const bool never_came_up = trial.phase == TrialPhase::arming || trial.phase == TrialPhase::armed;
  return never_came_up && boot_.tries_max() > quick_cuts_survived ? TrialEvent::ended : TrialEvent::cut_short;
}

// What says that the last reset was no power cut; empty: nothing does.
std::string Trial::evidence_of_a_crash() const {
  if (self_test_.watchdog_caused_last_reset()) return watchdog_verdict;
  for (const std::string& record : self_test_.panics())
    if (!state_.now().trial.panics.contains(record)) return "the kernel panicked during the trial: " + record;
  return "";
}

int Trial::armed_tries() const {
  return std::min(settings_.tries, boot_.tries_max());
}

// The slot on trial runs, and boots before this one came to nothing: unless they crashed, the power went.
Result<void> Trial::give_back_lost_tries() {
  const TrialRecord& trial = state_.now().trial;
  if (trial.phase == TrialPhase::passed || trial.phase == TrialPhase::failed) return {};
  if (trial.rearms_left == 0 || !evidence_of_a_crash().empty()) return {};
  Result<BootFlags> flags = boot_.read();
  if (!flags) return fail(std::move(flags.error()));
  if (flags->of(booted_).tries_left >= armed_tries() - 1) return {};
  ApplierState next = state_.now();
  --next.trial.rearms_left;
  Result<void> kept = state_.change(std::move(next));
  if (!kept) return kept;
  log_info("tries that power cuts used up are given again", {{"slot", booted_}, {"tries", armed_tries()}});
  return boot_.arm(booted_, armed_tries());
}

Result<void> Trial::arm(const std::string& booted, const InstallRecord& install) {
  booted_ = booted;
  ApplierState next = state_.now();
  next.trial.install = install;
  next.trial.rearms_left = rearms_max;
  next.trial.reason.clear();
  next.trial.record.clear();
  next.trial.panics = self_test_.panics();
  next.trial.complaints = self_test_.complaints(booted);
  const std::optional<TrialStep> row = step(next.trial.phase, TrialEvent::committed);
  if (!row) return fail(ErrorKind::retry_later, "a trial is running: wait for its verdict");
  next.trial.phase = row->to;
  Result<void> kept = state_.change(std::move(next));
  if (!kept) return kept;
  return carry_out(row->effect);
}

Result<void> Trial::disarm() {
  if (!step(state_.now().trial.phase, TrialEvent::aborted)) return {};
  // Flags first: a forgotten trial whose slot is still armed would boot without a self-test.
  Result<void> marked = write_bad();
  if (!marked) return marked;
  return take(TrialEvent::aborted);
}

Result<void> Trial::confirm_by_hand() {
  if (!is_running()) return fail(ErrorKind::usage, "no trial is running in the booted slot");
  return take(TrialEvent::test_passed);
}

Result<void> Trial::fail_by_hand() {
  if (!is_running()) return fail(ErrorKind::usage, "no trial is running in the booted slot");
  return take(TrialEvent::test_failed, "rolled back by hand");
}

Result<void> Trial::take(TrialEvent event, const std::string& reason) {
  ApplierState next = state_.now();
  const std::optional<TrialStep> row = step(next.trial.phase, event);
  if (!row)
    return fail(ErrorKind::usage, std::string(to_string(event)) + " means nothing in phase " +
                                      std::string(to_string(next.trial.phase)));
  if (event == TrialEvent::cut_short && next.trial.rearms_left > 0) --next.trial.rearms_left;
  note(next, *row, reason);
  Result<void> kept = state_.change(std::move(next));
  if (!kept) return kept;
  log_info("trial", {{"event", to_string(event)},
                     {"phase", to_string(row->to)},
                     {"slot", state_.now().trial.install.slot},
                     {"version", state_.now().trial.install.image.version}});
  return carry_out(row->effect);
}

void Trial::note(ApplierState& next, const TrialStep& row, const std::string& reason) const {
  TrialRecord& trial = next.trial;
  trial.phase = row.to;
  switch (row.to) {
    case TrialPhase::idle:
      trial = {};
      return;
    case TrialPhase::failed:
    case TrialPhase::fell_back:
      if (trial.reason.empty()) trial.reason = reason;
      next.remember_failed(trial.install.image.image_id);
      next.install.reset();
      return;
    case TrialPhase::confirmed:
      raise_floor(next, trial.install.version_floor);
      next.install.reset();
      return;
    case TrialPhase::running:
      // Before it is written: after a hang it is still known where to look.
      trial.record = self_test_.next_record();
      return;
    case TrialPhase::arming:
    case TrialPhase::armed:
    case TrialPhase::passed:
      return;
  }
}

Result<void> Trial::carry_out(TrialEffect effect) {
  switch (effect) {
    case TrialEffect::none:
      return {};
    case TrialEffect::arm:
      return write_arm();
    case TrialEffect::arm_and_reboot: {
      Result<void> armed = write_arm();
      return armed ? reboot() : armed;
    }
    case TrialEffect::run_self_test: {
      const InstallRecord install = state_.now().trial.install;
      const SelfTestSubject subject{install.slot, install.image.version, state_.now().trial.record,
                                    state_.now().trial.complaints};
      const SelfTestVerdict verdict = self_test_.run(subject, breathe_);
      return take(verdict.passed ? TrialEvent::test_passed : TrialEvent::test_failed, verdict.reason);
    }
    case TrialEffect::confirm: {
      Result<void> written = boot_.confirm(state_.now().trial.install.slot);
      if (!written) return fail(std::move(written.error()), "confirming the booted slot");
      Result<void> confirmed = take(TrialEvent::confirm_written);
      return confirmed ? close_way_back() : confirmed;
    }
    case TrialEffect::mark_bad:
      return write_bad();
    case TrialEffect::mark_bad_and_reboot:
      return mark_bad_and_reboot();
  }
  return {};
}

Result<void> Trial::write_arm() {
  // The way back first: the slot that runs now must have its tries when the trial ends badly.
  Result<void> refilled = boot_.refill(booted_);
  if (!refilled) return fail(std::move(refilled.error()), "refilling the tries of slot " + booted_);
  Result<void> armed = boot_.arm(state_.now().trial.install.slot, armed_tries());
  if (!armed) return fail(std::move(armed.error()), "arming the trial");
  if (step(state_.now().trial.phase, TrialEvent::armed_written)) return take(TrialEvent::armed_written);
  return {};
}

// A release that must not run any more is no way back: neither the firmware nor a person falls back to a slot
// below the floor, however much later the booted one fails. Repeated at every start, so a power cut only
// delays it. A device that runs something below the floor itself (its flags were changed from outside) keeps
// both slots.
Result<void> Trial::close_way_back() {
  const ApplierState& state = state_.now();
  const bool runs_trial_image =
      state.trial.phase == TrialPhase::confirmed && state.trial.install.slot == booted_;
  const std::string own = runs_trial_image ? state.trial.install.image.version : state.version_in(booted_);
  if (is_below_floor(own, state.version_floor)) return {};
  Result<BootFlags> flags = boot_.read();
  if (!flags) return fail(std::move(flags.error()));
  for (const SlotFlags& each : flags->slots) {
    if (each.slot == booted_ || !each.enabled || each.slot == flags->next) continue;
    if (!is_below_floor(state.version_in(each.slot), state.version_floor)) continue;
    Result<void> marked = boot_.mark_unbootable(each.slot);
    if (!marked) return fail(std::move(marked.error()), "closing the way back to slot " + each.slot);
    log_info("no way back to a release below the floor",
             {{"slot", each.slot}, {"version", state.version_in(each.slot)}, {"floor", state.version_floor}});
  }
  return {};
}

Result<void> Trial::write_bad() {
  return boot_.mark_unbootable(state_.now().trial.install.slot);
}

Result<void> Trial::mark_bad_and_reboot() {
  const TrialRecord& trial = state_.now().trial;
  log_error("the trial failed", {{"slot", trial.install.slot}, {"reason", trial.reason}});
  Result<void> marked = write_bad();
  // The only slot that can boot stays: a reboot would only start the same trial again.
  if (!marked && marked.error().kind == ErrorKind::usage) return marked;
  // Flags that cannot be written do not hold the device in a bad release: its tries run out.
  if (!marked) log_error("marking the slot bad failed", {{"error", marked.error()}});
  return reboot();
}

Result<void> Trial::reboot() {
  if (settings_.reboot_command.empty()) return fail(ErrorKind::usage, "reboot_command is empty");
  log_info("rebooting");
  Result<std::string> done = run_or_fail(runner_, settings_.reboot_command);
  if (!done) return fail(std::move(done.error()), "rebooting");
  return {};
}

}  // namespace dunlin
