#pragma once
#include <vector>

#include "swarm/lan_slots.h"
#include "swarm/swarm_shared.h"

namespace dunlin {

// Live devices of this site that lack some of a content, as their last beacons say; banned ones left out.
std::vector<LanTaker> lan_takers(const SwarmShared& shared);

// What a beacon says of a device's own need; `contents` are its entries.
LanTaker lan_taker(const std::string& device_id, std::uint64_t instance,
                   const std::vector<BeaconTorrent>& contents);

}  // namespace dunlin
