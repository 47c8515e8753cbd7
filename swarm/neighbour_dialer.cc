#include "swarm/neighbour_dialer.h"

#include <algorithm>

namespace dunlin {

namespace {

using asio::ip::tcp;

constexpr std::chrono::milliseconds dial_period{500};
constexpr std::chrono::milliseconds unreachable_after{4'000};

}  // namespace

NeighbourDialer::NeighbourDialer(std::uint32_t key, const Digest& content, SwarmShared& shared)
    : key_(key), name_(content_key(content)), shared_(shared) {}

std::set<tcp::endpoint> NeighbourDialer::heard(Whom whom) const {
  std::set<tcp::endpoint> out;
  for (const auto& [instance, peer] : shared_.view.peers()) {
    const auto& torrents = peer.beacon.torrents;
    const bool holds = std::any_of(torrents.begin(), torrents.end(), [&](const BeaconTorrent& each) {
      return each.content == name_ && (whom != Whom::lacking || !each.complete);
    });
    error_code code;
    const auto address = asio::ip::make_address(peer.address, code);
    if (holds && !code && peer.beacon.listen_port != 0) out.emplace(address, peer.beacon.listen_port);
  }
  return out;
}

// The tracker may remember what a device was before it started again; its beacon knows better.
std::vector<tcp::endpoint> NeighbourDialer::neighbours(Whom whom) const {
  if (whom == Whom::nobody) return {};
  std::set<tcp::endpoint> out = heard(whom);
  for (const tcp::endpoint& each : tracker_peers_) {
    if (whom != Whom::lacking && !shared_.view.is_heard_at(each.address().to_string())) out.insert(each);
  }
  std::erase_if(out, [&](const tcp::endpoint& each) { return shared_.banned.contains(each.address()); });
  return {out.begin(), out.end()};
}

void NeighbourDialer::dial(SteadyTime now, Whom whom) {
  if (now < next_) return;
  next_ = now + dial_period;
  const PeerTraffic traffic = shared_.session->traffic(key_);
  connections_ = static_cast<int>(traffic.connected.size());
  const bool lacking = whom == Whom::everyone || whom == Whom::anew;
  const bool needed = lacking || traffic.interest || !heard(Whom::lacking).empty();
  if (idle_.look(needed, traffic.connected, now)) shared_.session->reconnect(key_, {});
  connect(neighbours(whom), traffic, whom, now);
}

void NeighbourDialer::connect(const std::vector<tcp::endpoint>& wanted, const PeerTraffic& traffic, Whom whom,
                              SteadyTime now) {
  std::map<asio::ip::address, std::size_t> per_address;
  for (const tcp::endpoint& each : wanted) ++per_address[each.address()];
  const std::set<tcp::endpoint> heard_now = heard(whom);
  bool somebody_unreachable = false;
  somebody_missing_ = false;
  for (const tcp::endpoint& each : wanted) {
    const std::size_t connections = traffic.connected.count(each.address());
    if (connections == 0 && heard_now.contains(each)) somebody_missing_ = true;
    if (connections >= per_address[each.address()]) {
      first_seen_.erase(each);
      continue;
    }
    const SteadyTime since = first_seen_.try_emplace(each, now).first->second;
    somebody_unreachable = somebody_unreachable || now - since > unreachable_after;
    shared_.session->connect(key_, each);
  }
  std::erase_if(first_seen_, [&](const auto& entry) {
    return std::find(wanted.begin(), wanted.end(), entry.first) == wanted.end();
  });
  // libtorrent gives up on peers it failed to reach a few times; forgetting them is the way to try again.
  if (!somebody_unreachable || whom != Whom::anew) return;
  shared_.session->reconnect(key_, wanted);
  first_seen_.clear();
}

}  // namespace dunlin
