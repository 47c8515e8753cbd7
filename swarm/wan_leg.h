#pragma once
#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "swarm/cheaper_wait.h"
#include "swarm/lan_hope.h"
#include "swarm/leadership.h"
#include "swarm/neighbour_dialer.h"
#include "swarm/own_lead.h"
#include "swarm/piece_goal.h"
#include "swarm/range_fetcher.h"
#include "swarm/swarm_shared.h"
#include "swarm/wan_rivals.h"
#include "swarm/wan_shares.h"

namespace dunlin {

// One transfer's way over the WAN: whether this device leads, which pieces it reads, and which of them are on
// their way into the torrent. Owned by a Transfer, whose goal and dialer it reads. On the loop only.
class WanLeg final : public RangeTarget {
 public:
  // `goal` and `dialer` outlive it.
  WanLeg(std::uint32_t key, const TransferSpec& spec, std::shared_ptr<SwarmShared> shared,
         std::shared_ptr<const TorrentFile> torrent, const PieceGoal& goal, const NeighbourDialer& dialer);

  // About four times a second, from when the torrent takes pieces. True when another one leads now.
  bool step(SteadyTime now);
  // The torrent has this piece now. True when it came over the WAN.
  bool on_piece(std::uint32_t piece, SteadyTime now);
  // The tracker has told of our neighbours. Until then nobody claims to lead, at most for 2.5 s.
  void on_introduced() { introduced_ = true; }
  // Something else is wanted: patience with neighbours begins anew.
  void on_wanted(SteadyTime now) {
    last_piece_ = now;
    hope_.renew(now);
  }
  // Pieces that were handed to the torrent long ago and never came out of it are fetched again.
  void take_back_late(SteadyTime now);
  bool has_late(SteadyTime now) const;

  // Reads nothing more; requests under way end by themselves.
  void rest();
  // Never calls out again.
  void stop();

  bool leads() const { return has_own_uplink() ? own_.leads() : leadership_.leads(); }
  // Device id of the present leader: with an uplink of its own, this device while it leads; empty: none.
  const std::string& leader() const;
  // This device may read the content over the WAN and lacks some of it.
  bool could_lead() const;
  // The WAN is left to a neighbour that fetches less for the same end.
  bool leaves_wan() const { return cheaper_.waits(); }
  // Since a piece came, or something else was wanted.
  std::chrono::milliseconds quiet_for(SteadyTime now) const { return now - last_piece_; }
  // Bytes that crossed the WAN for nothing.
  std::uint64_t wasted() const { return wasted_; }
  BeaconTorrent beacon_entry() const;

  std::optional<FetchRun> take_run(std::uint32_t count_max) override;
  bool wants(std::uint32_t piece) const override;
  void give_back(FetchRun run) override;
  void deliver(std::uint32_t piece, ByteView bytes) override;
  void waste(std::uint64_t bytes) override;
  void report(const std::string& text) override;

  // For the status: "ok", "unreachable" while we try in vain, or what the gate says.
  std::string wan_state() const;

 private:
  // Leaves the WAN to neighbours that fetch less for the same end, or takes it up again; says so.
  void look_for_cheaper(SteadyTime now);
  std::vector<WanRival> rivals() const { return wan_rivals(*shared_, content_); }
  bool has_own_uplink() const { return shared_->options.wan == WanMode::own; }
  WanShare share() const;
  void hear_leases();
  std::uint64_t progress() const;
  std::vector<int> on_lan(SteadyTime now);
  // Somebody else of this site reads, or did lately: what neighbours give has just crossed the WAN.
  bool is_shared(SteadyTime now) const;
  void note_neighbours(std::uint32_t bytes, SteadyTime now);
  void follow(SteadyTime now);
  bool neighbours_are_unknown(SteadyTime now) const;

  std::uint32_t key_;
  std::string name_;
  std::uint64_t content_;  // what beacons name it by
  bool may_lead_;          // it has a place to read from, and something to read
  std::shared_ptr<SwarmShared> shared_;
  std::shared_ptr<const TorrentFile> torrent_;
  const PieceGoal& goal_;
  const NeighbourDialer& dialer_;
  Leadership leadership_;
  CheaperWait cheaper_;
  OwnLead own_;  // instead of it, with an uplink of its own
  WanLeases leases_;
  std::shared_ptr<RangeFetcher> fetcher_;

  PieceSet taken_;                              // asked for over the WAN or handed to libtorrent
  std::map<std::uint32_t, SteadyTime> handed_;  // to libtorrent, not yet confirmed
  PieceSet from_wan_;
  bool introduced_;
  SteadyTime started_;
  LanHope hope_;
  SteadyTime last_piece_;
  SteadyTime led_since_{};
  std::optional<SteadyTime> followed_;  // when somebody else last led
  // Pieces from neighbours while nobody was known to lead: the leader may just not be heard yet.
  std::deque<std::pair<SteadyTime, std::uint32_t>> early_;
  std::uint64_t delivered_ = 0;  // bytes of whole pieces that came over the WAN
  std::uint64_t wasted_ = 0;
  mutable std::uint64_t progress_ = 0;
};

}  // namespace dunlin
