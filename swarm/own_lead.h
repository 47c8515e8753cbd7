#pragma once
#include <algorithm>

#include "core/base/clock.h"

namespace dunlin {

// Whether a device with an uplink of its own reads over it. No election: it does so whenever it may and lacks
// something, once it has listened for who else does. Pure.
class OwnLead {
 public:
  // `hold_off`: how long it listens first.
  OwnLead(SteadyTime start, std::chrono::milliseconds hold_off)
      : listens_until_(start + hold_off), moved_(start) {}

  // What this device's leg over the WAN looks like now.
  struct Leg {
    bool could_lead = false;
    bool is_asking = false;   // requests are under way
    std::uint64_t bytes = 0;  // changes with every byte that comes
    std::chrono::milliseconds patience{};
  };

  // About four times a second.
  void step(const Leg& leg, SteadyTime now) {
    if (leg.bytes != bytes_) vain_ = false;
    if (leg.bytes != bytes_ || !leg.is_asking) moved_ = now;
    bytes_ = leg.bytes;
    leads_ = leg.could_lead && now >= listens_until_;
    vain_ = leads_ && (vain_ || now - moved_ >= leg.patience);
  }
  // Others may be there that were not heard yet.
  void listen_until(SteadyTime until) { listens_until_ = std::max(listens_until_, until); }
  void resign() { leads_ = vain_ = false; }

  bool leads() const { return leads_; }
  // It asks and nothing comes: the others had better not count on it. Until the next byte.
  bool is_vain() const { return vain_; }

 private:
  SteadyTime listens_until_;
  SteadyTime moved_;
  std::uint64_t bytes_ = 0;
  bool leads_ = false;
  bool vain_ = false;
};

}  // namespace dunlin
