#include "swarm/lan_takers.h"

namespace dunlin {

LanTaker lan_taker(const std::string& device_id, std::uint64_t instance,
                   const std::vector<BeaconTorrent>& contents) {
  LanTaker taker{device_id, instance, 0, false};
  for (const BeaconTorrent& each : contents) {
    if (each.complete) continue;
    taker.lacks = true;
    taker.progress += each.progress;
  }
  return taker;
}

std::vector<LanTaker> lan_takers(const SwarmShared& shared) {
  std::vector<LanTaker> out;
  for (const auto& [instance, peer] : shared.view.peers()) {
    if (shared.is_banned(peer.address)) continue;
    LanTaker taker = lan_taker(peer.beacon.device_id, instance, peer.beacon.torrents);
    if (taker.lacks) out.push_back(std::move(taker));
  }
  return out;
}

}  // namespace dunlin
