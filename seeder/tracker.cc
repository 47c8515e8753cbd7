#include "seeder/tracker.h"

namespace dunlin {

void Tracker::add_torrent(const SwarmHash& info_hash, Seeding seeding) {
  torrents_.try_emplace(info_hash, Torrent{seeding, {}});
}

bool Tracker::is_live(const Peer& peer) const {
  return clock_.steady() - peer.seen <= 2 * peer.interval;
}

std::chrono::seconds Tracker::interval_for(const AnnounceRequest& request) const {
  return request.left == 0 ? limits_.interval * limits_.rest_factor : limits_.interval;
}

void Tracker::remember(Torrent& torrent, const AnnounceRequest& request) {
  const auto was_it = [&](const Peer& peer) {
    return request.site && peer.site == request.site &&
           peer.endpoints.front().address() == request.endpoints.front().address();
  };
  std::erase_if(torrent.peers, [&](const auto& entry) {
    return !is_live(entry.second) || (entry.first != request.peer_id && was_it(entry.second));
  });
  if (request.event == AnnounceEvent::stopped) {
    torrent.peers.erase(request.peer_id);
    return;
  }
  auto& peers = torrent.peers;
  if (peers.size() >= limits_.peers_max && !peers.contains(request.peer_id)) return;
  peers[request.peer_id] =
      Peer{request.endpoints, request.site, request.left == 0, clock_.steady(), interval_for(request)};
}

AnnounceAnswer Tracker::answer(const Torrent& torrent, const AnnounceRequest& request) {
  AnnounceAnswer answer;
  answer.interval = interval_for(request);
  std::vector<const Peer*> candidates;
  const bool one_site = request.site || torrent.seeding == Seeding::by_devices;
  for (const auto& [id, peer] : torrent.peers) {
    if (one_site && peer.site != request.site) continue;
    (peer.is_seed ? answer.seeds : answer.leeches) += 1;
    if (id != request.peer_id) candidates.push_back(&peer);
  }
  if (request.event == AnnounceEvent::stopped) return answer;
  if (!one_site && seeder_ && request.wanted > 0) {
    answer.peers.push_back(*seeder_);
    answer.seeds += 1;
  }
  // A different random part each time, so that a large site becomes one connected mesh.
  for (std::size_t i = 0; i < candidates.size() && answer.peers.size() < request.wanted; ++i) {
    std::swap(candidates[i], candidates[i + random_.below(candidates.size() - i)]);
    for (const PeerEndpoint& endpoint : candidates[i]->endpoints) {
      if (answer.peers.size() < request.wanted) answer.peers.push_back(endpoint);
    }
  }
  return answer;
}

Result<AnnounceAnswer> Tracker::announce(const AnnounceRequest& request) {
  const auto found = torrents_.find(request.info_hash);
  if (found == torrents_.end()) return fail(ErrorKind::usage, "this seeder does not publish that torrent");
  remember(found->second, request);
  return answer(found->second, request);
}

std::map<std::string, std::size_t> Tracker::peers_by_site() const {
  std::map<std::string, std::set<std::string>> ids;  // a device has one peer id for several torrents
  for (const auto& [hash, torrent] : torrents_) {
    for (const auto& [id, peer] : torrent.peers) {
      if (is_live(peer)) ids[peer.site.value_or("")].insert(id);
    }
  }
  std::map<std::string, std::size_t> counts;
  for (const auto& [site, peers] : ids) counts[site] = peers.size();
  return counts;
}

}  // namespace dunlin
