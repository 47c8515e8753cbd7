#include "node/live_status.h"

#include "node/applier_port.h"

namespace dunlin {

std::string LiveStatus::booted_version() const {
  if (!applier) return {};
  const SlotReport* slot = booted_slot(*applier);
  return slot == nullptr ? std::string() : slot->version;
}

Progress LiveStatus::progress() const {
  return compute_progress(
      {machine.phase, pack_size, transfer.verified, image_size, image_written, read_back, transfer.rate});
}

}  // namespace dunlin
