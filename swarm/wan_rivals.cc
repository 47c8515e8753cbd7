#include "swarm/wan_rivals.h"

namespace dunlin {

Candidate WanRival::candidate() const {
  Candidate out;
  out.device_id = peer.beacon.device_id;
  out.instance = peer.beacon.instance;
  out.progress = entry.progress;
  out.term = entry.term;
  out.give_ways = entry.give_ways;
  out.leads = entry.leads;
  out.can_lead = entry.can_lead && peer.beacon.may_use_wan;
  out.complete = entry.complete;
  out.reluctant = entry.reluctant;
  return out;
}

std::vector<WanRival> wan_rivals(const SwarmShared& shared, std::uint64_t content) {
  std::vector<WanRival> out;
  for (const auto& [instance, peer] : shared.view.peers()) {
    if (shared.is_banned(peer.address)) continue;
    for (const BeaconTorrent& each : peer.beacon.torrents) {
      if (each.content == content) out.push_back(WanRival{peer, each});
    }
  }
  return out;
}

std::vector<Candidate> wan_voters(const std::vector<WanRival>& rivals, WanMode mode) {
  const bool votes = mode == WanMode::shared || mode == WanMode::fast;
  std::vector<Candidate> out;
  for (const WanRival& each : rivals) {
    if (!votes || !each.entry.own_uplink) out.push_back(each.candidate());
  }
  return out;
}

std::vector<std::uint64_t> wan_readers(const std::vector<WanRival>& rivals) {
  std::vector<std::uint64_t> out;
  for (const WanRival& each : rivals) {
    if (each.reads()) out.push_back(each.peer.beacon.instance);
  }
  return out;
}

}  // namespace dunlin
