#pragma once
#include "node/node_context.h"

namespace dunlin {

// Pure: what the applier's report means for the release we installed. Outcome.event is trial_running,
// trial_confirmed, trial_failed (with the reason), not_rebooted or install_lost. `version` may be empty when
// the database was lost: then the applier's last trial is meant.
Outcome judge_trial(const ApplierStatus& status, const std::string& version);

// Remembers a failed trial the applier reports, once, so that the release is not installed again.
Result<void> learn_failed_trial(NodeContext& context, const ApplierStatus& status);

}  // namespace dunlin
