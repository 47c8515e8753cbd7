#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/trust/manifest.h"

namespace dunlin {

// An image this device holds, whole and verified.
struct HeldImage {
  std::string slot;
  Digest image;
};

// What the links offer now.
struct Surroundings {
  bool wan = true;                        // the seeder may be reached and used
  bool neighbours = false;                // devices of this site are heard
  std::optional<std::uint64_t> wan_left;  // bytes the data budget still allows; none: no budget
};

struct SourcePlan {
  std::size_t pack = 0;         // index into the image's packs
  std::string base_slot;        // where the delta's base is; empty for the full pack
  std::uint64_t wan_bytes = 0;  // at most this crosses the WAN for this site; 0 without WAN
  std::string reason;           // one sentence for people
};

// Which pack to fetch: the smallest whose base is held; the full pack when none is. Packs in `spoiled` are
// left out: this device found that it cannot use them. Pure. Fails with retry_later when there is neither WAN
// nor neighbour, or when the budget does not allow the smallest pack: a budget is a wall, not a hint.
Result<SourcePlan> plan_source(const ImageEntry& wanted, const std::vector<HeldImage>& held,
                               const Surroundings& surroundings, const std::vector<Digest>& spoiled = {});

}  // namespace dunlin
