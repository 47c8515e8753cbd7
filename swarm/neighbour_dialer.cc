#include "swarm/neighbour_dialer.h"

#include <algorithm>

namespace dunlin {

namespace {

using asio::ip::tcp;

constexpr std::chrono::milliseconds dial_period{500};
constexpr std::chrono::milliseconds unreachable_after{10'000};

}  // namespace

NeighbourDialer::NeighbourDialer(std::uint32_t key, const Digest& info_hash, SwarmShared& shared)
    : key_(key), name_(beacon_name(info_hash)), shared_(shared) {}

std::vector<tcp::endpoint> NeighbourDialer::neighbours() const {
  std::set<tcp::endpoint> out(tracker_peers_.begin(), tracker_peers_.end());
  for (const auto& [instance, peer] : shared_.view.peers()) {
    const auto& torrents = peer.beacon.torrents;
    const bool holds = std::any_of(torrents.begin(), torrents.end(),
                                   [&](const BeaconTorrent& each) { return each.torrent == name_; });
    error_code code;
    const auto address = asio::ip::make_address(peer.address, code);
    if (holds && !code && peer.beacon.listen_port != 0) out.emplace(address, peer.beacon.listen_port);
  }
  std::erase_if(out, [&](const tcp::endpoint& each) { return shared_.banned.contains(each.address()); });
  return {out.begin(), out.end()};
}

void NeighbourDialer::dial(SteadyTime now, bool starving) {
  if (now < next_) return;
  next_ = now + dial_period;
  const PeerTraffic traffic = shared_.session->traffic(key_);
  connections_ = static_cast<int>(traffic.connected.size());
  const std::vector<tcp::endpoint> wanted = neighbours();
  std::map<asio::ip::address, std::size_t> per_address;
  for (const tcp::endpoint& each : wanted) ++per_address[each.address()];
  bool somebody_missing = false;
  connected_here_ = 0;
  for (const tcp::endpoint& each : wanted) {
    const std::size_t connections = traffic.connected.count(each.address());
    connected_here_ += connections > 0 ? 1 : 0;
    if (connections >= per_address[each.address()]) {
      first_seen_.erase(each);
      continue;
    }
    const SteadyTime since = first_seen_.try_emplace(each, now).first->second;
    somebody_missing = somebody_missing || now - since > unreachable_after;
    shared_.session->connect(key_, each);
  }
  std::erase_if(first_seen_, [&](const auto& entry) {
    return std::find(wanted.begin(), wanted.end(), entry.first) == wanted.end();
  });
  // libtorrent gives up on peers it failed to reach a few times; forgetting them is the way to try again.
  if (!somebody_missing || !starving) return;
  shared_.session->reconnect(key_, wanted);
  first_seen_.clear();
}

}  // namespace dunlin
