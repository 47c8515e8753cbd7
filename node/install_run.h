#pragma once
#include "node/install_session.h"
#include "node/newer_release.h"
#include "node/pack_wants.h"
#include "node/shelves.h"
#include "node/standstill.h"
#include "node/update_accounts.h"

namespace dunlin {

// Fetches the planned pack and writes its segments while they arrive; the effect `fetch`
// when the plan says so. May be stopped and
// begun again at any moment: it goes on after the last synced segment and the last verified piece.
class InstallRun {
 public:
  InstallRun(NodeContext& context, Shelves shelves, bool& check_wanted)
      : context_(context),
        shelves_(shelves),
        newer_(context, shelves.bundle, check_wanted),
        wants_(context, plan_),
        accounts_(context, shelves.packs) {}

  Task<Outcome> run(UpdatePlan plan);

 private:
  // Opens everything; on failure the outcome is in the error's kind.
  Task<Result<void>> open();
  Task<Outcome> transfer();
  // Once the table is there: finds out what to fetch, and starts the pipeline.
  Task<Result<void>> start_segments();
  // Decodes what the verified prefix allows, syncing and storing checkpoints on the way.
  Task<Result<void>> decode(std::uint64_t prefix);
  Task<Result<void>> store_checkpoint();
  Task<Outcome> judge_bad_segment(Error error);
  // This pack is of no use here: another one is planned.
  Outcome start_over(const std::string& why);
  Outcome give_up_pack(const std::string& why);
  Task<Outcome> judge_whole_pack(Error error);
  // True when the stored plan says now that the image comes from neighbours.
  Task<bool> turn_to_image();
  const PipelineProgress* progress() const;
  void update_live();
  Result<void> save_ledger();
  Result<std::uint64_t> first_segment();

  NodeContext& context_;
  Shelves shelves_;
  NewerRelease newer_;
  UpdatePlan plan_;
  std::unique_ptr<InstallSession> session_;
  std::optional<TransferId> transfer_;  // none: not started, or its file was discarded
  PackWants wants_;
  UpdateAccounts accounts_;
  SteadyTime last_offers_{};
  Standstill standstill_;
};

}  // namespace dunlin
