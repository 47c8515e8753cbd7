#include "swarm/moved_peers.h"

#include <algorithm>

namespace dunlin {

namespace {

constexpr std::size_t devices_max = 512;
constexpr std::size_t addresses_max = 8;
constexpr std::chrono::minutes forgotten_after{10};

}  // namespace

void MovedPeers::hear(std::uint64_t instance, const std::string& address, SteadyTime now) {
  if (!devices_.contains(instance) && devices_.size() >= devices_max) return;
  Addresses& addresses = devices_[instance];
  if (addresses.contains(address) || addresses.size() < addresses_max) addresses[address] = now;
}

std::set<std::string> MovedPeers::take_left(SteadyTime now) {
  std::set<std::string> out;
  for (auto& [instance, addresses] : devices_) {
    const auto newest =
        std::max_element(addresses.begin(), addresses.end(),
                         [](const auto& left, const auto& right) { return left.second < right.second; });
    const SteadyTime last = newest->second;
    std::erase_if(addresses, [&](const auto& entry) {
      const bool has_left = last - entry.second >= patience;
      if (has_left) out.insert(entry.first);
      return has_left;
    });
  }
  std::erase_if(devices_, [&](const auto& entry) {
    return std::all_of(entry.second.begin(), entry.second.end(),
                       [&](const auto& each) { return now - each.second > forgotten_after; });
  });
  // Another device may have been given the address meanwhile.
  for (const auto& [instance, addresses] : devices_) {
    for (const auto& [address, heard] : addresses) out.erase(address);
  }
  return out;
}

}  // namespace dunlin
