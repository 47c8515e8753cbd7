#include "node/update_driver.h"

#include <fmt/format.h>

#include "core/base/check.h"
#include "core/base/log.h"
#include "node/backoff.h"
#include "node/trial_verdict.h"

namespace dunlin {

namespace {

constexpr std::chrono::milliseconds trial_poll_interval{1'000};
constexpr std::chrono::milliseconds reboot_patience{120'000};
constexpr std::chrono::milliseconds hold_interval{1'000};  // neighbours are looked at
constexpr std::chrono::milliseconds store_retry_interval{10'000};
constexpr int commit_failures_max = 12;
// What a neighbour knows is worth a try before its time, but what failed may have nothing to do with it.
constexpr std::chrono::milliseconds news_retry_delay{5'000};

}  // namespace

Outcome derive_start(Phase phase, const ApplierStatus& applier, const std::string& planned_version) {
  const SlotReport* booted = booted_slot(applier);
  if (booted != nullptr && booted->state == "trial") return {Event::trial_running, {}};
  if (phase == Phase::staged || phase == Phase::trial) return judge_trial(applier, planned_version);
  if (phase == Phase::verifying && applier.install == "staged") return {Event::not_rebooted, {}};
  return {Event::started, {}};
}

UpdateDriver::UpdateDriver(NodeContext context)
    : context_(context),
      shelf_(context_),
      images_(context_),
      bundle_(context_),
      check_(context_, bundle_),
      planner_(context_, shelves()) {}

Task<> UpdateDriver::run() {
  shelf_.serve_kept();
  auto outcome = co_await start();
  co_await bundle_.restore();
  if (bundle_.offer()) check_wanted_ = true;
  co_await images_.refresh();
  for (;;) {
    const std::optional<Transition> row = step(context_.live.machine.phase, outcome.event);
    CHECK(row.has_value());  // every effect answers with events of its own phase
    co_await persist(*row, outcome);
    log_info("update",
             {{"phase", to_string(row->to)}, {"event", to_string(row->event)}, {"text", outcome.text}});
    auto next = co_await perform(row->effect);
    outcome = std::move(next);
  }
}

Task<Outcome> UpdateDriver::start() {
  Result<MachineState> machine = context_.store.machine();
  if (machine) context_.live.machine = *machine;
  if (!machine)
    log_error("the stored phase cannot be read; starting from idle", {{"error", machine.error()}});
  context_.live.last_error = context_.live.machine.last_error;
  Result<std::optional<UpdatePlan>> plan = context_.store.plan();
  const std::string version = plan && *plan ? (*plan)->version : std::string();
  context_.live.target_version = version;
  auto status = co_await context_.applier.status();
  if (!status) {
    log_warning("the applier does not answer yet", {{"error", status.error()}});
    co_return Outcome{Event::started, {}};
  }
  context_.live.applier = std::move(*status);
  Outcome outcome = derive_start(context_.live.machine.phase, *context_.live.applier, version);
  show_last_update(version.empty() ? context_.live.booted_version() : version);
  co_return outcome;
}

// What the last update of this version moved, so that the status still says it after a restart.
void UpdateDriver::show_last_update(const std::string& version) {
  LiveStatus& live = context_.live;
  live.ledger = context_.store.ledger(version).value_or(UpdateLedger());
  for (const UpdatePlan& plan : context_.store.kept_packs().value_or(std::vector<UpdatePlan>())) {
    if (plan.version != version) continue;
    const std::string target = live.target_version;
    live.show_plan(plan);
    live.target_version = target;
    live.image_written = plan.image_size;
  }
}

// Packs are served long after their update: what neighbours took is counted at every check. It is added to
// the stored ledger: this process shows none when it started before the applier answered.
void UpdateDriver::count_uploads() {
  const std::string version = context_.live.booted_version();
  if (version.empty()) return;
  show_last_update(version);
  context_.live.transfer = shelf_.status();
  const std::uint64_t uploaded = shelf_.take_uploaded();
  if (uploaded == 0) return;
  context_.live.ledger.uploaded += uploaded;
  Result<void> saved = context_.store.save_ledger(version, context_.live.ledger);
  if (!saved) log_warning("byte ledger not kept", {{"error", saved.error()}});
}

// The phase must be on the medium before its effect begins; with a full disk that means waiting here.
Task<> UpdateDriver::persist(Transition row, Outcome outcome) {
  for (;;) {
    Result<void> entered = enter(row, outcome);
    if (entered) co_return;
    context_.live.last_error = entered.error().message;
    log_error("the phase cannot be stored; trying again", {{"error", entered.error()}});
    co_await context_.alarm.wait(store_retry_interval);
  }
}

Result<void> UpdateDriver::enter(const Transition& row, const Outcome& outcome) {
  MachineState next = context_.live.machine;
  next.phase = row.to;
  if (row.event == Event::failed) {
    ++next.attempts;
    next.last_error = outcome.text;
    next.retry_at = context_.clock.now() + retry_delay(next.attempts, context_.random);
  } else if (row.to != Phase::waiting) {
    next.retry_at = WallTime();
  }
  if (row.event == Event::refused) {
    Result<void> refused = refuse(outcome.text);
    if (!refused) return refused;
    next.last_error = outcome.text;
  }
  const bool settled = row.to == Phase::idle || row.to == Phase::confirmed || row.to == Phase::staged;
  if (settled || row.to == Phase::fell_back) next.attempts = 0;
  if (settled && row.event != Event::refused && row.event != Event::started &&
      row.event != Event::refused_before)
    next.last_error.clear();
  Result<void> saved = context_.store.save_machine(next);
  if (!saved) return saved;
  context_.live.machine = next;
  context_.live.last_error = next.last_error;
  if (row.event == Event::failed)
    context_.journal.add_once("failed", context_.live.target_version, outcome.text);
  return {};
}

Task<Outcome> UpdateDriver::perform(Effect effect) {
  switch (effect) {
    case Effect::schedule_check:
      return schedule_check();
    case Effect::schedule_retry:
      return schedule_retry();
    case Effect::check:
      return check();
    case Effect::plan:
      return plan();
    case Effect::fetch:
      return fetch();
    case Effect::commit:
      return commit();
    case Effect::offer_reboot:
      return offer_reboot();
    case Effect::reboot:
      return reboot();
    case Effect::watch_trial:
      return watch_trial();
    case Effect::finish:
      return finish();
    case Effect::record_failure:
      return record_failure();
  }
  return schedule_check();
}

Task<Outcome> UpdateDriver::schedule_check() {
  if (context_.live.machine.phase == Phase::confirmed) count_uploads();
  co_await images_.refresh();
  const auto delay = first_check_
                         ? first_check_delay(context_.config.device_id, context_.config.check_interval)
                         : check_delay(context_.config.check_interval, context_.random);
  first_check_ = false;
  const SteadyTime due = context_.clock.steady() + delay;
  while (!is_check_wanted() && context_.clock.steady() < due) {
    co_await context_.alarm.wait(due - context_.clock.steady());
    if (images_.needs_care()) {
      co_await images_.refresh();
    }
  }
  check_wanted_ = false;
  co_return Outcome{Event::check_due, {}};
}

Task<Outcome> UpdateDriver::schedule_retry() {
  // The stored time is wall time. Further ahead than any delay, it was stored under a clock that has been set
  // since, and what failed may well have failed because of that clock.
  const auto left = context_.live.machine.retry_at - context_.clock.now();
  const bool clock_was_set = left > retry_delay_max + retry_delay_max / 4;
  SteadyTime due = context_.clock.steady();
  if (!clock_was_set) due += std::chrono::duration_cast<std::chrono::milliseconds>(left);
  const SteadyTime soonest = std::min(due, context_.clock.steady() + news_retry_delay);
  for (;;) {
    const SteadyTime now = context_.clock.steady();
    const SteadyTime end = context_.repository.has_news() ? soonest : due;
    if (check_wanted_ || now >= end) break;
    co_await context_.alarm.wait(end - now);
  }
  check_wanted_ = false;
  context_.repository.want_fresh();
  co_return Outcome{Event::check_due, {}};
}

Task<Outcome> UpdateDriver::check() {
  const bool asked = is_asked();
  auto outcome = co_await check_.run(asked);
  const bool goes_on = outcome.event == Event::release_found || outcome.event == Event::failed;
  if (bundle_.offer() && !goes_on) bundle_.drop();
  if (outcome.event == Event::up_to_date || outcome.event == Event::no_release) {
    Result<void> cleared = context_.store.save_setting("asked", "");
    if (!cleared) co_return Outcome{Event::failed, cleared.error().message};
  }
  co_return outcome;
}

Task<Outcome> UpdateDriver::plan() {
  if (!check_.offer()) co_return Outcome{Event::install_lost, {}};  // restarted in between: check again
  ReleaseOffer offer = *check_.offer();
  context_.live.target_version = offer.manifest.version;
  auto outcome = co_await planner_.run(std::move(offer));
  co_return outcome;
}

Task<Outcome> UpdateDriver::fetch() {
  Result<std::optional<UpdatePlan>> plan = context_.store.plan();
  if (!plan) co_return Outcome{Event::failed, plan.error().message};
  if (!*plan) co_return Outcome{Event::install_lost, {}};
  if ((*plan)->source == SourceKind::image) {
    ImageRun fill(context_, shelves(), check_wanted_);
    auto filled = co_await fill.run(std::move(**plan));
    co_return filled;
  }
  InstallRun install(context_, shelves(), check_wanted_);
  auto outcome = co_await install.run(std::move(**plan));
  co_return outcome;
}

Task<Outcome> UpdateDriver::commit() {
  LiveStatus& live = context_.live;
  live.read_back = 0;
  ApplierPort::ReadBackProgress report = [&live](std::uint64_t done, std::uint64_t) {
    live.read_back = done;
  };
  auto committed = co_await context_.applier.commit_install(std::move(report));
  if (committed) {
    context_.journal.add("staged", live.target_version,
                         "release " + live.target_version + " is armed for a trial boot");
    co_return Outcome{Event::committed, {}};
  }
  const std::string message = committed.error().message;
  const ErrorKind kind = committed.error().kind;
  if (kind != ErrorKind::bad_image && kind != ErrorKind::device) co_return Outcome{Event::failed, message};
  // The slot may not hold what was decoded: compare and write it again, and only then blame the release.
  Result<int> failures = context_.store.count_commit_failure();
  if (failures && *failures >= commit_failures_max) co_return Outcome{Event::refused, message};
  co_return Outcome{Event::failed, message};
}

bool UpdateDriver::is_needed(const UpdatePlan& plan) {
  if (plan.source != SourceKind::pack) return false;
  const SteadyTime now = context_.clock.steady();
  if (!hold_ || held_version_ != plan.version) hold_.emplace(context_.config.neighbours_wait, now);
  held_version_ = plan.version;
  const TransferStatus pack = shelf_.status();
  const LanShare own{context_.config.device_id, pack.verified, false};
  const bool needed = hold_->holds(own, context_.swarm.shares(plan.pack.sha256), now);
  std::string& reason = context_.live.reboot_reason;
  if (needed && reason.empty())
    context_.journal.add(
        "reboot_held", plan.version,
        "neighbours take release " + plan.version + " from this device: it reboots when they have it");
  reason = needed ? "neighbours take the release from here" : "";
  return needed;
}

Task<Outcome> UpdateDriver::offer_reboot() {
  const bool automatic = context_.config.reboot == RebootPolicy::automatic;
  const auto delay =
      reboot_failures_ == 0 ? std::chrono::milliseconds(0) : retry_delay(reboot_failures_, context_.random);
  const SteadyTime due = context_.clock.steady() + delay;
  const UpdatePlan plan = context_.store.plan().value_or(std::nullopt).value_or(UpdatePlan());
  for (;;) {
    const bool held = automatic && !reboot_wanted_ && is_needed(plan);
    if (reboot_wanted_ || (automatic && !held && context_.clock.steady() >= due)) break;
    if (is_check_wanted()) {
      check_wanted_ = false;
      co_return Outcome{Event::check_due, {}};
    }
    std::chrono::milliseconds left = std::chrono::hours(1);
    if (automatic) left = std::max(due - context_.clock.steady(), hold_interval);
    co_await context_.alarm.wait(left);
  }
  reboot_wanted_ = false;
  context_.live.reboot_reason.clear();
  co_return Outcome{Event::reboot_due, {}};
}

Task<Outcome> UpdateDriver::reboot() {
  context_.journal.add("rebooting", context_.live.target_version,
                       "rebooting into release " + context_.live.target_version + " on trial");
  auto asked = co_await context_.applier.reboot();
  if (asked) {
    auto outcome = co_await watch_trial();
    co_return outcome;
  }
  ++reboot_failures_;
  context_.live.last_error = asked.error().message;
  context_.journal.add("reboot_failed", context_.live.target_version, asked.error().message);
  co_return Outcome{Event::not_rebooted, {}};
}

Task<Outcome> UpdateDriver::watch_trial() {
  const SteadyTime began = context_.clock.steady();
  for (;;) {
    auto status = co_await context_.applier.status();
    if (status) {
      context_.live.applier = std::move(*status);
      Outcome outcome = judge_trial(*context_.live.applier, context_.live.target_version);
      const bool is_rebooting =
          outcome.event == Event::not_rebooted && context_.clock.steady() - began < reboot_patience;
      if (outcome.event == Event::trial_running) {
        const SlotReport* slot = booted_slot(*context_.live.applier);
        context_.journal.add_once("trial", slot->version, "slot " + slot->name + " is booted on trial");
      } else if (!is_rebooting) {
        if (outcome.event == Event::not_rebooted) ++reboot_failures_;
        co_return outcome;
      }
    }
    co_await context_.alarm.wait(trial_poll_interval);
  }
}

Task<Outcome> UpdateDriver::finish() {
  const std::string version = context_.live.booted_version();
  context_.journal.add("confirmed", version, "release " + version + " is confirmed");
  Result<void> ended = end_update();
  if (!ended) log_warning("the finished update is not tidied up", {{"error", ended.error()}});
  auto outcome = co_await schedule_check();
  co_return outcome;
}

Task<Outcome> UpdateDriver::record_failure() {
  Result<void> learned =
      context_.live.applier ? learn_failed_trial(context_, *context_.live.applier) : Result<void>();
  Result<void> ended = end_update();
  if (!learned) log_warning("the failed trial is not kept", {{"error", learned.error()}});
  if (!ended) log_warning("the failed update is not tidied up", {{"error", ended.error()}});
  auto outcome = co_await schedule_check();
  co_return outcome;
}

Result<void> UpdateDriver::end_update() {
  context_.live.target_version.clear();
  context_.wan.end_update();
  reboot_failures_ = 0;
  bundle_.drop();
  Result<void> cleared = context_.store.save_setting("asked", "");
  if (!cleared) return cleared;
  return context_.store.forget_plan();
}

Result<void> UpdateDriver::refuse(const std::string& reason) {
  const std::string version = context_.live.target_version;
  const std::string manifest = check_.offer() ? check_.offer()->manifest_sha256.hex() : std::string();
  Result<void> added =
      context_.store.add_failed({version, manifest, "refused", reason}, context_.clock.now());
  if (!added) return added;
  context_.journal.add("refused", version, "release " + version + " refused: " + reason);
  return end_update();
}

bool UpdateDriver::is_asked() {
  return context_.store.setting("asked").value_or("") == "1";
}

bool UpdateDriver::is_check_wanted() {
  return check_wanted_ || context_.repository.has_news();
}

std::string UpdateDriver::ask_check() {
  check_wanted_ = true;
  context_.repository.want_fresh();
  context_.alarm.wake();
  return "checking for a release";
}

std::string UpdateDriver::ask_update() {
  want_update();
  return "updating to the newest release";
}

void UpdateDriver::want_update() {
  Result<void> saved = context_.store.save_setting("asked", "1");
  if (!saved) log_warning("the wish for an update is not kept over a restart", {{"error", saved.error()}});
  check_wanted_ = true;
  context_.repository.want_fresh();
  context_.alarm.wake();
}

Task<Result<std::string>> UpdateDriver::install(std::string path, ApplierStatus applier) {
  auto taken = co_await bundle_.take(std::move(path), std::move(applier));
  if (taken && bundle_.is_news()) want_update();
  co_return taken;
}

Result<std::string> UpdateDriver::ask_reboot() {
  const Phase phase = context_.live.machine.phase;
  if (phase != Phase::staged)
    return fail(ErrorKind::usage,
                fmt::format("nothing is staged (phase {}): there is no reason to reboot", to_string(phase)));
  reboot_wanted_ = true;
  context_.alarm.wake();
  return std::string("rebooting into the new slot");
}

Result<void> UpdateDriver::note_rollback() {
  const std::string version = context_.live.booted_version();
  if (version.empty()) return {};
  const std::string reason = "rolled back by hand";
  Result<void> added = context_.store.add_failed({version, {}, "fell_back", reason}, context_.clock.now());
  if (!added) return added;
  context_.journal.add("rolled_back", version, "release " + version + " " + reason);
  return {};
}

void UpdateDriver::note_news() {
  if (context_.repository.has_news()) context_.alarm.wake();
}

void UpdateDriver::note_swarm_event(const SwarmEvent& event) {
  if (event.kind == "wan_error") context_.live.last_error = event.text;
  context_.journal.add_once(event.kind, context_.live.target_version, event.text);
  if (event.kind == "failed") context_.alarm.wake();  // a slot that is served may need care
}

}  // namespace dunlin
