#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/disk.h"
#include "core/base/sqlite.h"
#include "node/update_machine.h"
#include "node/update_plan.h"
#include "node/wan_budget.h"

namespace dunlin {

struct MachineState {
  Phase phase = Phase::idle;
  WallTime retry_at{};  // epoch: nothing to wait for
  int attempts = 0;     // failures in a row
  std::string last_error;
};

// How far the spare slot is; written after its sync, never before. Without a segment, another pack brought
// the bytes.
struct SlotCheckpoint {
  std::uint64_t next_segment = 0;
  std::uint64_t target_bytes = 0;
};

// Bytes of one update by where they came from, over all restarts.
struct UpdateLedger {
  std::uint64_t slot = 0;  // taken from slots of this device
  std::uint64_t lan = 0;
  std::uint64_t wan = 0;
  std::uint64_t usb = 0;      // copied out of a bundle
  std::uint64_t resumed = 0;  // found on disk at the last start
  std::uint64_t wasted = 0;
  std::uint64_t uploaded = 0;
  std::uint64_t flash_written = 0;
  std::uint64_t flash_compared = 0;

  bool operator==(const UpdateLedger&) const = default;
};

struct NodeEvent {
  std::int64_t id = 0;
  WallTime at{};
  std::string kind;
  std::string version;
  std::string text;
};

struct FailedRelease {
  std::string version;
  std::string manifest;  // SHA-256 in hex; empty when only the version is known
  std::string kind;      // "refused" or "fell_back"
  std::string reason;
};

// What the node remembers: a cache. Losing it costs time, never a device. Every call is one transaction that
// is on the medium when it returns; failures are ErrorKind::device (disk full). Used by the loop's thread.
class NodeStore {
 public:
  // A file that cannot be read as our database is renamed to <path>.damaged and a new one is made; *damage
  // then says so. A database of a newer program is refused (usage).
  static Result<NodeStore> open(Disk& disk, const std::string& path, std::string* damage);

  Result<MachineState> machine();
  Result<void> save_machine(const MachineState& state);

  // A plan with another pack keeps of the checkpoint how far the image is, but forgets the segment; a plan
  // for another image forgets both.
  Result<void> save_plan(const UpdatePlan& plan);
  Result<std::optional<UpdatePlan>> plan();
  Result<void> forget_plan();
  Result<SlotCheckpoint> checkpoint();
  Result<void> save_checkpoint(const SlotCheckpoint& checkpoint);
  // Counts how often the read-back of this plan failed; returns the new count.
  Result<int> count_commit_failure();

  Result<UpdateLedger> ledger(const std::string& version);
  Result<void> save_ledger(const std::string& version, const UpdateLedger& ledger);

  // What crossed the WAN in the newest month, with no update.
  Result<WanSpending> wan_spending();
  Result<WanCount> wan_of_update(const std::string& version);
  Result<void> save_wan_spending(const WanSpending& spending);

  // The newest 1,000 are kept.
  Result<std::int64_t> add_event(const NodeEvent& event);
  // With id above `after`, oldest first, at most `limit`.
  Result<std::vector<NodeEvent>> events(std::int64_t after, int limit);

  Result<void> add_failed(const FailedRelease& release, WallTime now);
  Result<std::vector<FailedRelease>> failed_releases();
  Result<void> forget_failed(const std::string& version);

  Result<void> keep_pack(const UpdatePlan& plan);
  Result<std::vector<UpdatePlan>> kept_packs();
  Result<void> forget_pack(const Digest& sha256);

  // Small facts; missing ones are empty.
  Result<std::string> setting(const std::string& name);
  Result<void> save_setting(const std::string& name, const std::string& value);

 private:
  explicit NodeStore(Database database) : database_(std::move(database)) {}
  Database database_;
};

}  // namespace dunlin
