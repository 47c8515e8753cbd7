#pragma once
#include <deque>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "simulations/faults.h"
#include "swarm/beacon_pace.h"
#include "swarm/leadership.h"
#include "swarm/piece_set.h"
#include "swarm/site_view.h"

namespace dunlin {

// A site in virtual time. Beacons, the view of the site, leadership and the choice of pieces are the
// product's own code; libtorrent and HTTP are modelled: a leader gets one piece each half second over the
// WAN, neighbours copy four pieces each quarter second from those they are connected to. Everything follows
// from the seed.
class SimSwarm {
 public:
  struct Device {
    std::string id;
    std::uint64_t instance = 0;
    bool alive = true;
    SteadyTime since{};  // of its last start
    SteadyTime wan_blocked_until{};
    SteadyTime back_at{};
    int side = 0;  // of the partition
    PieceSet have;
    std::vector<SiteView> view;          // one; empty while dead
    std::vector<Leadership> leadership;  // one; empty while dead
    std::vector<BeaconPace> pace;        // one; empty while dead
    SteadyTime next_tick{};
    SteadyTime next_beacon{};
    SteadyTime next_fetch{};
    std::vector<SteadyTime> got;  // when each piece came
    bool leads() const { return alive && leadership.front().leads(); }
  };

  SimSwarm(std::uint64_t seed, int devices, std::uint32_t pieces, Faults faults);

  // One step of 50 ms.
  void step();
  SteadyTime now() const { return now_; }
  SteadyTime faults_end() const { return faults_end_; }
  const std::vector<Device>& devices() const { return devices_; }
  bool everyone_complete() const;
  std::uint32_t wan_pieces() const { return wan_pieces_; }
  // Pieces fetched over the WAN although a reachable neighbour had had them for five seconds.
  std::uint32_t needless_pieces() const { return needless_pieces_; }
  int leader_changes() const { return leader_changes_; }
  // Longest time two devices of one side of a partition both led, so far.
  std::chrono::milliseconds longest_doubt() const { return longest_doubt_; }
  // Longest time nobody led although somebody could, so far; counted only without loss and partitions.
  std::chrono::milliseconds longest_orphaned() const { return longest_orphaned_; }
  std::string description() const;

 private:
  struct Letter {
    SteadyTime due;
    std::size_t from, to;
    Beacon beacon;
  };
  struct Planned {
    SteadyTime when;
    int kind;
  };

  void plan_faults();
  void inject(int kind);
  void crash(std::size_t index);
  void boot(std::size_t index);
  void tick(std::size_t index);
  void send_beacon(std::size_t index);
  void deliver_letters();
  void fetch(std::size_t index);
  void copy_from_neighbours(std::size_t index);
  bool connected(std::size_t a, std::size_t b) const;
  void watch();
  void watch_takeover();
  void receive(std::size_t index, std::uint32_t piece);
  bool chance(double probability) {
    return static_cast<double>(random_.below(1'000'000)) < probability * 1e6;
  }
  std::chrono::milliseconds between(int low_s, int high_s);

  std::uint64_t seed_;
  SeededRandom random_;
  Faults faults_;
  std::uint32_t pieces_;
  SteadyTime now_{std::chrono::hours(1)};
  SteadyTime faults_end_;
  SteadyTime partition_until_{};
  SteadyTime outage_until_{};
  std::vector<Device> devices_;
  std::deque<Letter> letters_;
  std::deque<Planned> planned_;
  std::uint32_t wan_pieces_ = 0;
  std::uint32_t needless_pieces_ = 0;
  int leader_changes_ = 0;
  std::vector<SteadyTime> doubt_since_;  // by side
  std::chrono::milliseconds longest_doubt_{0};
  SteadyTime orphaned_since_{};
  std::chrono::milliseconds longest_orphaned_{0};
};

}  // namespace dunlin
