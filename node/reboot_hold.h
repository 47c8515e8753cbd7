#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "swarm/lan_share.h"

namespace dunlin {

// Whether a device whose new release is armed should stay up for its neighbours: they take that release's
// pack from it, and would have to ask the WAN for it once more. Of several that have as much, the one with
// the lowest id stays, and the others reboot. It stays as long as neighbours get on, and never longer than it
// was told. Pure: time is given.
class RebootHold {
 public:
  static constexpr std::chrono::seconds patience{15};  // no neighbour got anything for so long

  RebootHold(std::chrono::seconds limit, SteadyTime start) : limit_(limit), start_(start), moved_(start) {}

  // About once a second. `own` is what this device has; `shares` are the neighbours'.
  bool holds(const LanShare& own, const std::vector<LanShare>& shares, SteadyTime now);

 private:
  std::chrono::seconds limit_;
  SteadyTime start_;
  SteadyTime moved_;
  std::vector<LanShare> needy_;
};

}  // namespace dunlin
