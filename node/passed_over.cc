#include "node/passed_over.h"

#include <algorithm>

namespace dunlin {

namespace {

constexpr std::chrono::milliseconds shortest{5'000};
constexpr std::size_t addresses_max = 256;
constexpr int doublings_max = 7;  // past the longest

}  // namespace

PassedOver::Entry& PassedOver::entry(const std::string& address) {
  if (!entries_.contains(address) && entries_.size() >= addresses_max) {
    entries_.erase(std::min_element(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) {
      return a.second.until < b.second.until;
    }));
  }
  return entries_[address];
}

void PassedOver::failed(const std::string& address, SteadyTime now) {
  Entry& known = entry(address);
  known.until = now + std::min(longest, shortest * (1 << std::min(known.failures, doublings_max)));
  ++known.failures;
}

void PassedOver::lied(const std::string& address, SteadyTime now) {
  entry(address).until = now + longest;
}

bool PassedOver::contains(const std::string& address, SteadyTime now) const {
  const auto known = entries_.find(address);
  return known != entries_.end() && now < known->second.until;
}

}  // namespace dunlin
