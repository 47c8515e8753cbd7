#include "node/update_accounts.h"

namespace dunlin {

Result<void> UpdateAccounts::begin(const std::string& version) {
  Result<UpdateLedger> ledger = context_.store.ledger(version);
  if (!ledger) return fail(std::move(ledger.error()));
  context_.wan.begin_update(version);
  version_ = version;
  stored_ = *ledger;
  stored_progress_ = {};
  return {};
}

void UpdateAccounts::show(TransferId transfer, const PipelineProgress* progress) {
  LiveStatus& live = context_.live;
  live.transfer = context_.swarm.status(transfer);
  const ByteLedger& now = live.transfer.bytes;
  const ByteLedger& counted = shelf_.counted(transfer);
  live.ledger = stored_;
  live.ledger.lan += now.lan - counted.lan;
  live.ledger.wan += now.wan - counted.wan;
  live.ledger.wasted += now.wasted - counted.wasted;
  live.ledger.uploaded += now.uploaded - counted.uploaded;
  live.ledger.resumed = now.resumed;
  if (progress == nullptr) return;
  const PipelineProgress& done = *progress;
  live.image_written = done.target_bytes;
  live.ledger.slot += done.slot_bytes - stored_progress_.slot_bytes;
  live.ledger.flash_written += done.flash_written - stored_progress_.flash_written;
  live.ledger.flash_compared += done.flash_compared - stored_progress_.flash_compared;
}

Result<void> UpdateAccounts::save(TransferId transfer, const PipelineProgress* progress) {
  show(transfer, progress);
  Result<void> saved = context_.store.save_ledger(version_, context_.live.ledger);
  if (!saved) return saved;
  stored_ = context_.live.ledger;
  if (progress != nullptr) stored_progress_ = *progress;
  shelf_.set_counted(transfer, context_.live.transfer.bytes);
  return {};
}

}  // namespace dunlin
