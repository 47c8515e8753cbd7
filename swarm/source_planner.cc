#include "swarm/source_planner.h"

#include <algorithm>

namespace dunlin {

namespace {

const HeldImage* holder_of(const std::vector<HeldImage>& held, const Digest& image) {
  auto found =
      std::find_if(held.begin(), held.end(), [&](const HeldImage& each) { return each.image == image; });
  return found == held.end() ? nullptr : &*found;
}

std::string describe(const ImageEntry& wanted, const PackEntry& pack, const HeldImage* base) {
  const std::string bytes = std::to_string(pack.file.size) + " bytes";
  if (!pack.base)
    return wanted.name + ": at most the full pack of " + bytes + ", less what the slots can lend";
  return wanted.name + ": delta of " + bytes + " against the image in slot " + base->slot;
}

}  // namespace

Result<SourcePlan> plan_source(const ImageEntry& wanted, const std::vector<HeldImage>& held,
                               const Surroundings& surroundings, const std::vector<Digest>& spoiled) {
  const PackEntry* best = nullptr;
  const HeldImage* best_base = nullptr;
  std::size_t left_out = 0;
  for (const PackEntry& pack : wanted.packs) {
    const bool is_spoiled = std::find(spoiled.begin(), spoiled.end(), pack.file.sha256) != spoiled.end();
    if (is_spoiled) ++left_out;
    if (is_spoiled) continue;
    const HeldImage* base = pack.base ? holder_of(held, *pack.base) : nullptr;
    if (pack.base && !base) continue;
    if (best && best->file.size <= pack.file.size) continue;
    best = &pack;
    best_base = base;
  }
  if (!best) return fail(ErrorKind::bad_image, wanted.name + " has no pack this device can use");
  if (!surroundings.wan && !surroundings.neighbours)
    return fail(ErrorKind::retry_later, wanted.name + ": no link to the seeder and no neighbour: waiting");
  if (surroundings.wan && surroundings.wan_left && best->file.size > *surroundings.wan_left)
    return fail(ErrorKind::retry_later, wanted.name + " needs " + std::to_string(best->file.size) +
                                            " bytes over the WAN, the data budget has " +
                                            std::to_string(*surroundings.wan_left) + " left: waiting");
  SourcePlan plan;
  plan.pack = static_cast<std::size_t>(best - wanted.packs.data());
  plan.base_slot = best_base ? best_base->slot : "";
  plan.wan_bytes = surroundings.wan ? best->file.size : 0;
  plan.reason = describe(wanted, *best, best_base);
  if (left_out > 0)
    plan.reason += "; packs left out because this device cannot use them: " + std::to_string(left_out);
  return plan;
}

}  // namespace dunlin
