#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "swarm/beacon_pace.h"
#include "swarm/beacon_socket.h"
#include "swarm/direct_peers.h"
#include "swarm/moved_peers.h"
#include "swarm/swarm_shared.h"

namespace dunlin {

// Who knows what this device has to say, and wants to know what its neighbours say.
class BeaconAuthor {
 public:
  virtual ~BeaconAuthor() = default;
  // All but what the talk itself knows: its pace and the mirror.
  virtual Beacon own_beacon() const = 0;
  // A neighbour's mirror has something new.
  virtual void on_mirror_news() = 0;
};

// The beacons of one device: when it speaks and to whom; what it hears goes to SwarmShared::view. Without
// discovery it neither speaks nor hears. On the loop only.
class SiteTalk {
 public:
  // Both outlive it.
  SiteTalk(SwarmShared& shared, BeaconAuthor& author);

  // usage: the options make no sense, or the beacon port is taken.
  Result<void> open();
  // About four times a second. `fetches`: this device lacks pieces. `urgent`: speaks at once.
  void tick(bool fetches, bool urgent, SteadyTime now);
  // Neighbours should hear of us in the next moments: at once, or with the next tick.
  void tell_soon();
  // About every second; true when this machine's addresses have changed. Hangs up on addresses that
  // neighbours have left.
  bool look_at_addresses();
  // Since it opened; without discovery there is nothing to wait for: the longest time.
  std::chrono::milliseconds listened_for() const;
  // Neighbours have had the time to be heard.
  bool has_listened() const;

  void tell_mirror(const OwnMirror& own);
  // Peers of a torrent that the tracker named; those that nobody hears are spoken to directly.
  void learn(std::uint32_t key, const std::vector<asio::ip::tcp::endpoint>& peers);
  void forget(std::uint32_t key) { direct_.forget(key); }
  // The last word of a device that leaves.
  void leave();
  // Neither speaks nor hears any more.
  void close();

 private:
  void heard(ByteView datagram, const asio::ip::address& from);
  // As last heard.
  MirrorNews mirror_of(std::uint64_t neighbour) const;
  Beacon beacon(bool leaving) const;
  void send(bool leaving);

  SwarmShared& shared_;
  BeaconAuthor& author_;
  std::unique_ptr<BeaconSocket> socket_;
  DirectPeers direct_;
  MovedPeers moved_;
  OwnMirror mirror_;
  SteadyTime started_;
  BeaconPace pace_;
  std::optional<Beacon> told_;  // what neighbours should hear soon when it changes
  SteadyTime last_{};
  bool owes_ = false;  // something was to be told soon, just after something else
};

}  // namespace dunlin
