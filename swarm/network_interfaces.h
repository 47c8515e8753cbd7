#pragma once
#include <compare>
#include <string>
#include <vector>

namespace dunlin {

// One address of one interface that is up.
struct InterfaceAddress {
  unsigned index = 0;
  std::string name;
  std::string address;  // "192.0.2.7", "2001:db8::7"
  bool is_v6 = false;
  bool can_multicast = false;
  bool is_loopback = false;
  auto operator<=>(const InterfaceAddress&) const = default;
};

// What the kernel says now, sorted; empty when it cannot be asked.
std::vector<InterfaceAddress> network_interfaces();

}  // namespace dunlin
