#pragma once
#include <map>
#include <vector>

#include "swarm/idle_connections.h"
#include "swarm/swarm_shared.h"

namespace dunlin {

// Connects one torrent to the devices of this site that hold it, as beacons and tracker name them.
class NeighbourDialer {
 public:
  // `content` is what beacons name the torrent by.
  NeighbourDialer(std::uint32_t key, const Digest& content, SwarmShared& shared);

  // Devices of this site that the tracker knows; they may not hear our beacons.
  void on_tracker_peers(std::vector<asio::ip::tcp::endpoint> peers) { tracker_peers_ = std::move(peers); }
  enum class Whom {
    nobody,
    lacking,   // those heard that lack pieces
    everyone,  // who holds some of it
    anew,      // the same; pieces are missing and none came for a while: when somebody cannot be reached,
               // libtorrent's memory of failed attempts is cleared
  };
  // Often; it dials about twice a second. Hangs up when nobody needs anything of anybody any more.
  void dial(SteadyTime now, Whom whom);

  // This machine's addresses are others now: connections from the old ones are dead and would only be noticed
  // when they time out.
  void redial() { shared_.session->reconnect(key_, neighbours(Whom::everyone)); }

  // Connections of this torrent, also with peers elsewhere.
  int connections() const { return connections_; }
  // Somebody who is heard now holds the torrent and is not connected yet. Whom only the tracker knows may
  // have left long ago, so nobody waits for them.
  bool is_somebody_missing() const { return somebody_missing_; }

 private:
  std::set<asio::ip::tcp::endpoint> heard(Whom whom) const;
  std::vector<asio::ip::tcp::endpoint> neighbours(Whom whom) const;
  void connect(const std::vector<asio::ip::tcp::endpoint>& wanted, const PeerTraffic& traffic, Whom whom,
               SteadyTime now);

  std::uint32_t key_;
  std::uint64_t name_;  // in beacons
  SwarmShared& shared_;
  std::vector<asio::ip::tcp::endpoint> tracker_peers_;
  std::map<asio::ip::tcp::endpoint, SteadyTime> first_seen_;
  IdleConnections idle_;
  bool somebody_missing_ = false;
  int connections_ = 0;
  SteadyTime next_{};
};

}  // namespace dunlin
