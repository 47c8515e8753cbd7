#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/trust/manifest.h"
#include "swarm/cheaper_wait.h"
#include "swarm/lan_offer.h"

namespace dunlin {

// An image this device holds, whole and verified.
struct HeldImage {
  std::string slot;
  Digest image;
};

// What the links offer now.
struct Surroundings {
  bool wan = true;                        // the seeder may be reached and used
  bool neighbours = false;                // devices of this site may come, or are heard
  std::optional<std::uint64_t> wan_left;  // bytes the data budget still allows; none: no budget
  std::vector<LanOffer> offers{};         // what neighbours have now
};

enum class SourceKind {
  pack,   // decoded into the slot while it arrives
  image,  // its raw bytes, out of the slots of neighbours
};
std::string_view to_string(SourceKind kind);

struct SourcePlan {
  SourceKind kind = SourceKind::pack;
  std::size_t pack = 0;         // index into the image's packs; with an image: what to fall back to
  std::string base_slot;        // where that delta's base is; empty for the full pack
  std::uint64_t wan_bytes = 0;  // at most this crosses the WAN for this site; 0 without WAN
  std::uint64_t lan_bytes = 0;  // at most this comes from neighbours
  std::string reason;           // one sentence for people
};

// How to get an image: the way with the fewest bytes over the WAN, then the fewest from neighbours. Ways are
// each pack whose base is held (less what the neighbour that has most of it has), and the raw image when a
// neighbour has all of it. `spoiled` lists packs, and images, that this device found it cannot use. Pure.
// Fails with bad_image when there is no way, with retry_later when there is neither WAN nor neighbour. A
// budget never changes the way: what it does not allow waits.
Result<SourcePlan> plan_source(const ImageEntry& wanted, const std::vector<HeldImage>& held,
                               const Surroundings& surroundings, const std::vector<Digest>& spoiled = {});

// The packs of this image that are smaller than `than` (of equal ones, those with the lower digest): whoever
// fetches one of them brings the image to its site with fewer bytes. None when neighbours could not give each
// other the image, because it has no torrent. Pure.
std::vector<CheaperContent> cheaper_packs(const ImageEntry& wanted, const PackEntry& than);

// True when some neighbour has some of this content.
bool is_offered(const std::vector<LanOffer>& offers, const Digest& content);

// True when one neighbour has all `size` bytes of this content.
bool is_whole_on_lan(const std::vector<LanOffer>& offers, const Digest& content, std::uint64_t size);

}  // namespace dunlin
