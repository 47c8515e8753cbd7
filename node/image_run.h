#pragma once
#include "node/image_fill.h"
#include "node/newer_release.h"
#include "node/shelves.h"
#include "node/standstill.h"
#include "node/update_accounts.h"

namespace dunlin {

// Fills the spare slot with the planned image out of neighbours' slots, nothing over the WAN; the effect
// `fetch` when the plan says so. May be stopped and begun again at any moment: pieces that are right in the
// slot are found by their hash, never by a note about them.
class ImageRun {
 public:
  ImageRun(NodeContext& context, Shelves shelves, bool& check_wanted)
      : context_(context),
        shelves_(shelves),
        newer_(context, shelves.bundle, check_wanted),
        accounts_(context, shelves.packs) {}

  Task<Outcome> run(UpdatePlan plan);

 private:
  // The open spare slot as a store; on failure the run ends with `failed`.
  Task<Result<void>> open();
  Result<void> read_torrent();
  // Takes from this device what it has: as long as reading both slots.
  Task<Result<void>> fill();
  Result<void> start_transfer();
  Task<Outcome> transfer();
  // Nobody near gives any of it any more.
  bool is_starving();
  Outcome give_up();
  Result<void> save_ledger();
  void update_live();
  PipelineProgress progress() const;

  NodeContext& context_;
  Shelves shelves_;
  NewerRelease newer_;
  UpdateAccounts accounts_;
  UpdatePlan plan_;
  std::shared_ptr<const TorrentFile> torrent_;
  std::shared_ptr<SlotBlockStore> spare_;
  std::string slot_;
  std::unique_ptr<ImageFill> fill_;
  std::optional<TransferId> transfer_;
  Standstill standstill_;
  SteadyTime last_saved_{};
};

}  // namespace dunlin
