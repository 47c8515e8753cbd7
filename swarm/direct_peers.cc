#include "swarm/direct_peers.h"

namespace dunlin {

namespace {

constexpr std::chrono::milliseconds eager_for{5'000};
constexpr std::chrono::milliseconds seldom{10'000};

}  // namespace

void DirectPeers::learn(std::uint32_t torrent, std::set<std::string> addresses, SteadyTime now) {
  learned_[torrent] = Lesson{std::move(addresses), now};
  std::erase_if(last_sent_, [&](const auto& entry) { return now - entry.second > seldom * 2; });
}

bool DirectPeers::is_due(const std::string& address, const Lesson& lesson, SteadyTime now) {
  const auto last = last_sent_.find(address);
  if (last != last_sent_.end() && now - lesson.when > eager_for && now - last->second < seldom) return false;
  last_sent_[address] = now;
  return true;
}

std::set<std::string> DirectPeers::targets(const SiteView& view, SteadyTime now) {
  std::set<std::string> out;
  std::set<std::string> heard;
  for (const auto& [instance, peer] : view.peers()) {
    heard.insert(peer.address);
    if (!peer.is_reached_by_group(now) && out.size() < addresses_max) out.insert(peer.address);
  }
  for (const auto& [torrent, lesson] : learned_) {
    for (const std::string& address : lesson.addresses) {
      if (out.size() >= addresses_max) return out;
      if (!heard.contains(address) && is_due(address, lesson, now)) out.insert(address);
    }
  }
  return out;
}

}  // namespace dunlin
