#include "node/trial_verdict.h"

namespace dunlin {

Outcome judge_trial(const ApplierStatus& status, const std::string& version) {
  const SlotReport* booted = booted_slot(status);
  if (booted != nullptr && booted->state == "trial") return {Event::trial_running, {}};
  const bool ours = status.trial && (version.empty() || status.trial->version == version);
  if (ours && status.trial->verdict == "failed") return {Event::trial_failed, status.trial->reason};
  if (ours && status.trial->verdict == "confirmed") return {Event::trial_confirmed, {}};
  if (status.install == "staged") return {Event::not_rebooted, {}};
  const bool runs = booted != nullptr && !version.empty() && booted->version == version;
  if (runs && booted->state == "confirmed") return {Event::trial_confirmed, {}};
  return {Event::install_lost, {}};
}

Result<void> learn_failed_trial(NodeContext& context, const ApplierStatus& status) {
  if (!status.trial || status.trial->verdict != "failed" || status.trial->version.empty()) return {};
  const TrialReport& trial = *status.trial;
  const std::string mark = trial.version + ": " + trial.reason;
  Result<std::string> known = context.store.setting("learned_trial");
  if (!known) return fail(std::move(known.error()));
  if (*known == mark) return {};
  Result<void> added =
      context.store.add_failed({trial.version, {}, "fell_back", trial.reason}, context.clock.now());
  if (!added) return added;
  const std::string record =
      trial.record.empty() ? "" : " (what the self-tests printed: " + trial.record + ")";
  context.journal.add("fell_back", trial.version,
                      "release " + trial.version + " fell back: " + trial.reason + record);
  return context.store.save_setting("learned_trial", mark);
}

}  // namespace dunlin
