#pragma once
#include <optional>
#include <string>

#include "applier/client/applier_client.h"
#include "node/node_store.h"
#include "node/progress.h"
#include "swarm/swarm.h"

namespace dunlin {

// What the driver knows at this moment; the local API shows it. Changed on the loop only.
struct LiveStatus {
  MachineState machine;
  std::optional<ApplierStatus> applier;  // as last answered
  std::string target_version;            // being installed, or offered; empty: none
  std::string available_version;         // newest release seen in the repository
  std::string plan_reason;
  std::uint64_t pack_size = 0;
  std::uint64_t image_size = 0;
  std::uint64_t image_written = 0;
  std::uint64_t read_back = 0;
  TransferStatus transfer;  // of the pack being fetched or kept
  UpdateLedger ledger;
  std::string last_error;  // cleared when an update or a check succeeds
  std::optional<WallTime> last_check;

  // The version of the booted slot; empty when nobody knows it.
  std::string booted_version() const;
  Progress progress() const;
};

}  // namespace dunlin
