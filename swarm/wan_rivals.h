#pragma once
#include <cstdint>
#include <vector>

#include "swarm/leadership.h"
#include "swarm/swarm_shared.h"

namespace dunlin {

// Another live device that holds a content, as its last beacon says. Refers to the view of the site: not to
// be kept.
struct WanRival {
  const SitePeer& peer;
  const BeaconTorrent& entry;

  Candidate candidate() const;
  // It reads the content over the WAN. With an uplink of its own it will in a moment if it does not yet.
  bool reads() const { return entry.can_lead && (entry.leads || entry.own_uplink); }
};

// In order of instance, without banned ones.
std::vector<WanRival> wan_rivals(const SwarmShared& shared, std::uint64_t content);
// Those with whom a device of this mode chooses a leader, or of whom it wants to know who leads: devices that
// share an uplink choose among themselves.
std::vector<Candidate> wan_voters(const std::vector<WanRival>& rivals, WanMode mode);
// Instances of those that read.
std::vector<std::uint64_t> wan_readers(const std::vector<WanRival>& rivals);

}  // namespace dunlin
