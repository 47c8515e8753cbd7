#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "core/base/clock.h"

namespace dunlin {

// Tells which addresses devices have left, by their beacons: connections with those are dead, and while they
// stay open a device is taken for connected that is not. A device may be heard at several addresses. Pure;
// holds at most 512 devices with 8 addresses each.
class MovedPeers {
 public:
  static constexpr std::chrono::milliseconds patience{2'500};

  void hear(std::uint64_t instance, const std::string& address, SteadyTime now);
  // Addresses where a device was not heard any more while it was heard elsewhere for `patience`; each once.
  // Devices that fell silent altogether are forgotten after ten minutes.
  std::set<std::string> take_left(SteadyTime now);

 private:
  using Addresses = std::map<std::string, SteadyTime>;  // last heard there
  std::map<std::uint64_t, Addresses> devices_;          // by instance
};

}  // namespace dunlin
