#include "node/live_status.h"

#include "node/applier_port.h"

namespace dunlin {

std::string LiveStatus::booted_version() const {
  if (!applier) return {};
  const SlotReport* slot = booted_slot(*applier);
  return slot == nullptr ? std::string() : slot->version;
}

Progress LiveStatus::progress() const {
  const bool partial = reuse && reuse->planned;
  const std::uint64_t wanted = partial ? transfer.wanted : pack_size;
  const std::uint64_t verified = partial ? transfer.wanted - transfer.missing : transfer.verified;
  return compute_progress(
      {machine.phase, wanted, verified, image_size, image_written, read_back, transfer.rate});
}

}  // namespace dunlin
