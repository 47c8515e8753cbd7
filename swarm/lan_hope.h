#pragma once
#include "core/base/clock.h"

namespace dunlin {

// Whether a leader may still hope that neighbours bring what they have. Whoever offers pieces and brings none
// is not waited for; each piece that comes from the LAN, and each offer after a time without any, gives hope
// again. Pure.
class LanHope {
 public:
  explicit LanHope(SteadyTime start) : since_(start) {}

  // A neighbour brought a piece, or something else is wanted now.
  void renew(SteadyTime now) { since_ = now; }
  // `offered`: connected neighbours have something that is wanted and missing.
  void look(bool offered, SteadyTime now) {
    if (offered && !offered_) since_ = now;
    offered_ = offered;
  }
  bool is_alive(SteadyTime now, std::chrono::milliseconds patience) const { return now - since_ < patience; }

 private:
  bool offered_ = false;
  SteadyTime since_;
};

}  // namespace dunlin
