#pragma once
#include "core/base/clock.h"
#include "node/node_store.h"

namespace dunlin {

// When this device itself last looked at the repository over the WAN. Kept over restarts, so that a neighbour
// which hides what is new cannot do so for long, however often the device is switched off.
class WanLooks {
 public:
  WanLooks(NodeStore& store, const Clock& clock, std::string device_id, std::chrono::seconds check_interval);

  // Ten check intervals have passed since, a day at most; up to a quarter less, by device, so that those of a
  // site do not look together. A device that never looked counts from its first start.
  bool is_due();
  // It has looked at everything, beginning at `began`.
  void note(SteadyTime began);
  // In this run.
  std::optional<SteadyTime> last() const { return last_; }

 private:
  void store_now();

  NodeStore& store_;
  const Clock& clock_;
  std::chrono::milliseconds limit_;
  std::optional<SteadyTime> last_;
};

}  // namespace dunlin
