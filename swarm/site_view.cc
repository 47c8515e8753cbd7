#include "swarm/site_view.h"

namespace dunlin {

bool SiteView::hear(const Beacon& beacon, const std::string& address, SteadyTime now) {
  if (beacon.instance == own_instance_ || beacon.site != site_) return false;
  if (beacon.leaving) {
    peers_.erase(beacon.instance);
    return false;
  }
  // The same device at the same address with a new instance has been started again.
  std::erase_if(peers_, [&](const auto& entry) {
    return entry.first != beacon.instance && entry.second.beacon.device_id == beacon.device_id &&
           entry.second.address == address;
  });
  auto known = peers_.find(beacon.instance);
  if (known == peers_.end()) {
    if (peers_.size() >= peers_max) return false;
    peers_[beacon.instance] = SitePeer{beacon, address, now};
    return true;
  }
  SitePeer& peer = known->second;
  peer.beacon = beacon;
  peer.heard = now;
  // A device heard over both protocols keeps its IPv4 address: link-local IPv6 ones cannot be connected to.
  if (address.find(':') == std::string::npos || peer.address.find(':') != std::string::npos)
    peer.address = address;
  return false;
}

void SiteView::expire(SteadyTime now) {
  std::erase_if(peers_, [&](const auto& entry) { return now - entry.second.heard > lifetime; });
}

}  // namespace dunlin
