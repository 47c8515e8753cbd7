#include "swarm/site_view.h"

#include <algorithm>

namespace dunlin {

std::chrono::milliseconds SitePeer::lifetime() const {
  return std::clamp(beacon.alive_for, SiteView::lifetime_min, SiteView::lifetime_max);
}

bool SiteView::hear(const Beacon& beacon, const std::string& address, SteadyTime now) {
  if (beacon.instance == own_instance_ || beacon.site != site_) return false;
  silent_.erase(address);
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
    peers_[beacon.instance] = SitePeer{beacon, address, now, beacon.direct ? SteadyTime() : now};
    return true;
  }
  SitePeer& peer = known->second;
  if (!beacon.direct) peer.heard_by_group = now;
  peer.beacon = beacon;
  peer.heard = now;
  // A device heard over both protocols keeps its IPv4 address: link-local IPv6 ones cannot be connected to.
  if (address.find(':') == std::string::npos || peer.address.find(':') != std::string::npos)
    peer.address = address;
  return false;
}

std::vector<LanOffer> SiteView::offers() const {
  std::vector<LanOffer> out;
  for (const auto& [instance, peer] : peers_) {
    for (const BeaconTorrent& each : peer.beacon.torrents) {
      if (each.progress > 0) out.push_back({each.content, each.progress, peer.beacon.device_id});
    }
  }
  return out;
}

std::vector<MirrorOffer> SiteView::mirrors() const {
  std::vector<MirrorOffer> out;
  for (const auto& [instance, peer] : peers_) {
    const MirrorNews& news = peer.beacon.mirror;
    if (news.port == 0) continue;
    MirrorOffer offer;
    offer.instance = instance;
    offer.device = peer.beacon.device_id;
    offer.address = peer.address;
    offer.port = news.port;
    offer.version = news.version;
    offer.stock = news.stock;
    offer.asks_wan = news.asks_wan;
    offer.may_use_wan = peer.beacon.may_use_wan;
    for (const BeaconTorrent& each : peer.beacon.torrents) offer.contents.push_back(each.content);
    if (news.wan_age) offer.wan_checked = peer.heard - *news.wan_age;
    out.push_back(std::move(offer));
  }
  return out;
}

void SiteView::expire(SteadyTime now) {
  std::erase_if(peers_, [&](const auto& entry) {
    const SitePeer& peer = entry.second;
    const bool missed_roll_call = fetching_since_ && now - std::max(peer.heard, *fetching_since_) > roll_call;
    const bool gone = now - peer.heard > peer.lifetime() || missed_roll_call;
    if (gone && silent_.size() < peers_max) silent_.insert(peer.address);
    return gone;
  });
}

bool SiteView::is_somebody_fetching() const {
  return std::any_of(peers_.begin(), peers_.end(), [](const auto& entry) {
    const std::vector<BeaconTorrent>& torrents = entry.second.beacon.torrents;
    return std::any_of(torrents.begin(), torrents.end(),
                       [](const BeaconTorrent& each) { return !each.complete; });
  });
}

bool SiteView::is_heard_at(const std::string& address) const {
  return std::any_of(peers_.begin(), peers_.end(),
                     [&](const auto& entry) { return entry.second.address == address; });
}

bool SiteView::is_somebody_on_ipv6() const {
  return std::any_of(peers_.begin(), peers_.end(),
                     [](const auto& entry) { return entry.second.address.find(':') != std::string::npos; });
}

}  // namespace dunlin
