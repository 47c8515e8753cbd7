#pragma once
#include <optional>
#include <string>

#include "applier/client/applier_client.h"
#include "node/node_store.h"
#include "node/progress.h"
#include "node/repository.h"
#include "swarm/swarm.h"

namespace dunlin {

// What a full pack need not bring, because slots of this device have it.
struct ReuseStatus {
  std::uint64_t bytes_to_search = 0;  // of the slots
  std::uint64_t searched = 0;
  bool planned = false;            // the search is over, and only what is missing is fetched
  std::uint64_t content_size = 0;  // these two when planned: of the image without its zeros,
  std::uint64_t local_size = 0;    // and of that on this device
};

// What may cross the WAN, and what did.
struct WanStatus {
  std::string state = "ok";  // or what closes it: "budget", "hours", "metered", "battery", "neighbours"
  std::string reason;        // for people; empty while it is open
  std::string reluctant_by;  // "metered", "battery": others of the site should rather read; empty: no
  WanSpending spent;
  WanLimits limits;
};

// What the driver knows at this moment; the local API shows it. Changed on the loop only.
struct LiveStatus {
  MachineState machine;
  std::optional<ApplierStatus> applier;  // as last answered
  std::string target_version;            // being installed, or offered; empty: none
  std::string available_version;         // newest release seen in the repository
  SourceKind source = SourceKind::pack;  // how the target comes, or came
  std::string reboot_reason;             // why an armed release is not rebooted into yet; empty: no reason
  std::string plan_reason;
  std::uint64_t predicted_wan_bytes = 0;  // at most, for this site
  std::uint64_t pack_size = 0;            // or the image's, when that is what comes
  std::uint64_t image_size = 0;
  std::uint64_t image_written = 0;
  std::uint64_t read_back = 0;
  std::optional<ReuseStatus> reuse;  // none: everything comes from the pack
  TransferStatus transfer;           // of the pack being fetched or kept
  UpdateLedger ledger;
  WanStatus wan;
  MetadataBytes metadata;  // of this run
  std::string last_error;  // cleared when an update or a check succeeds
  std::optional<WallTime> last_check;
  std::string bundle;  // path of the one that is held; empty: none

  void show_plan(const UpdatePlan& plan);
  // The version of the booted slot; empty when nobody knows it.
  std::string booted_version() const;
  Progress progress() const;
};

}  // namespace dunlin
