#pragma once
#include "node/install_session.h"
#include "node/pack_shelf.h"
#include "node/pack_wants.h"
#include "node/release_check.h"
#include "node/update_accounts.h"

namespace dunlin {

// Fetches the planned pack and writes its segments while they arrive; the effect `fetch`. May be stopped and
// begun again at any moment: it goes on after the last synced segment and the last verified piece.
class InstallRun {
 public:
  InstallRun(NodeContext& context, PackShelf& shelf, bool& check_wanted)
      : context_(context),
        shelf_(shelf),
        check_wanted_(check_wanted),
        wants_(context, plan_),
        accounts_(context, shelf) {}

  Task<Outcome> run();

 private:
  // Opens everything; on failure the outcome is in the error's kind.
  Task<Result<void>> open();
  Task<Result<InstallRequest>> make_request();
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
  // True when the repository now offers a newer release than this one.
  Task<bool> is_superseded();
  const SegmentPipeline* pipeline() const;
  void update_live();
  Result<void> save_ledger();
  Result<std::uint64_t> first_segment();

  NodeContext& context_;
  PackShelf& shelf_;
  bool& check_wanted_;  // set by the operator, cleared when the check is made
  UpdatePlan plan_;
  std::unique_ptr<InstallSession> session_;
  std::optional<TransferId> transfer_;  // none: not started, or its file was discarded
  PackWants wants_;
  UpdateAccounts accounts_;
  SteadyTime last_check_{};
};

}  // namespace dunlin
