#pragma once
#include <map>
#include <memory>
#include <vector>

#include "swarm/checkpoint_keeper.h"
#include "swarm/file_block_store.h"
#include "swarm/neighbour_dialer.h"
#include "swarm/piece_goal.h"
#include "swarm/rate_meter.h"
#include "swarm/swarm_shared.h"
#include "swarm/wake_list.h"
#include "swarm/wan_leg.h"

namespace dunlin {

// One file on its way in or out: resume, pieces from both sides (WanLeg reads those of the WAN), checkpoints,
// status. Driven by TorrentSwarm; lives in a shared_ptr because its tasks may outlast its removal.
class Transfer final : public std::enable_shared_from_this<Transfer> {
 public:
  // Opens or makes the file. bad_image: not our kind of torrent; device: no room, file not usable.
  static Result<std::shared_ptr<Transfer>> open(std::uint32_t key, TransferSpec spec,
                                                std::shared_ptr<SwarmShared> shared);

  // Finds out what is there already, then joins the swarm.
  void start();
  // About four times a second. True when this device began or ceased to lead: tell the others at once.
  bool tick(SteadyTime now);
  // From the session.
  void on_ready() { ready_ = true; }
  void on_piece(std::uint32_t piece);
  void on_failure(const Error& error);
  // Devices of this site that the tracker knows; they may not hear our beacons.
  void on_interfaces_changed() {
    if (joined_ && !stopped_) dialer_.redial();
  }
  void on_tracker_peers(std::vector<asio::ip::tcp::endpoint> peers) {
    dialer_.on_tracker_peers(std::move(peers));
    leg_.on_introduced();
  }

  // As Swarm::set_wanted.
  void set_wanted(WantedRanges ranges);

  std::uint32_t key() const { return key_; }
  const TransferStatus& status() const { return status_; }
  bool is_stopped() const { return stopped_; }
  const TorrentFile& torrent() const { return *torrent_; }
  bool is_lan_only() const { return spec_.lan_only; }
  BeaconTorrent beacon_entry() const;
  Task<> changed(std::shared_ptr<Transfer> self, std::chrono::milliseconds limit);
  // Syncs and writes a last checkpoint; resumes when done, or after 10 s at most. The transfer stays usable.
  Task<> settle(std::shared_ptr<Transfer> self);
  // Never calls out again.
  void stop();
  Result<void> remove_files();

 private:
  Transfer(std::uint32_t key, TransferSpec spec, std::shared_ptr<SwarmShared> shared, TorrentFile torrent,
           std::shared_ptr<BlockStore> store);

  static Result<std::shared_ptr<Transfer>> open_given(std::uint32_t key, TransferSpec spec,
                                                      std::shared_ptr<SwarmShared> shared,
                                                      TorrentFile torrent);
  Task<> resume(std::shared_ptr<Transfer> self);
  void note_resumed(const PieceSet& have);
  void join(PieceSet have);
  NeighbourDialer::Whom whom_to_dial(SteadyTime now) const;
  bool may_take() const { return shared_->may_take || goal_.is_reached(); }
  void take_turn();
  PieceSet asked_for() const;
  void read_traffic();
  void recover_lost_pieces(SteadyTime now);
  void checkpoint_when_due(SteadyTime now);
  bool keeps_checkpoints() const { return !spec_.seed_only && !spec_.store; }
  void begin_checkpoint(SteadyTime now);
  void finish_checkpoint(const Result<void>& saved);
  Task<> checkpoint_written(std::shared_ptr<Transfer> self);
  void refresh_status();
  void wake();

  std::uint32_t key_;
  TransferSpec spec_;
  std::shared_ptr<SwarmShared> shared_;
  std::shared_ptr<const TorrentFile> torrent_;
  std::shared_ptr<BlockStore> store_;
  std::uint64_t found_ = 0;  // bytes that were in the file when it was opened
  PieceGoal goal_;
  std::shared_ptr<CheckpointKeeper> keeper_;
  NeighbourDialer dialer_;
  WanLeg leg_;
  TransferStatus status_;
  RateMeter meter_;
  bool joined_ = false;
  bool ready_ = false;
  bool stopped_ = false;
  bool takes_ = true;  // what the session was told last

  std::map<asio::ip::address, std::uint64_t> peer_bytes_;  // last reading per address outside this site
  std::uint64_t swarm_wan_bytes_ = 0;                      // from peers outside this site (mode fast)
  SteadyTime next_traffic_{};

  WakeList waiters_;
};

}  // namespace dunlin
