#include "node/live_status.h"

#include "node/applier_port.h"

namespace dunlin {

std::string LiveStatus::booted_version() const {
  if (!applier) return {};
  const SlotReport* slot = booted_slot(*applier);
  return slot == nullptr ? std::string() : slot->version;
}

void LiveStatus::show_plan(const UpdatePlan& plan) {
  target_version = plan.version;
  source = plan.source;
  plan_reason = plan.reason;
  predicted_wan_bytes = plan.wan_bytes;
  pack_size = plan.source == SourceKind::image ? plan.image_size : plan.pack.size;
  image_size = plan.image_size;
  reuse.reset();
}

Progress LiveStatus::progress() const {
  const bool partial = reuse && reuse->planned;
  const std::uint64_t wanted = partial ? transfer.wanted : pack_size;
  const std::uint64_t verified = partial ? transfer.wanted - transfer.missing : transfer.verified;
  return compute_progress(
      {machine.phase, wanted, verified, image_size, image_written, read_back, transfer.rate});
}

}  // namespace dunlin
