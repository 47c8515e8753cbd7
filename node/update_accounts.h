#pragma once
#include "node/pack_shelf.h"
#include "node/segment_pipeline.h"

namespace dunlin {

// Counts one update's bytes by where they came from: what the store holds, and what came since.
class UpdateAccounts {
 public:
  UpdateAccounts(NodeContext& context, PackShelf& shelf) : context_(context), shelf_(shelf) {}

  // A run begins; its progress counts from zero.
  Result<void> begin(const std::string& version);
  // Brings the live status up to date. `progress` is null before any.
  void show(TransferId transfer, const PipelineProgress* progress);
  // The same, and stores it.
  Result<void> save(TransferId transfer, const PipelineProgress* progress);

 private:
  NodeContext& context_;
  PackShelf& shelf_;
  std::string version_;
  UpdateLedger stored_;               // what the store holds
  PipelineProgress stored_progress_;  // of this run, within `stored_`
};

}  // namespace dunlin
