#pragma once
#include "core/trust/manifest.h"

namespace dunlin {

struct PackChoice {
  PackEntry pack;
  std::string reason;  // for people
};

// Pure: the smallest pack of `image` that can be decoded here: the full pack, or a delta whose base is the
// booted image. `spoiled` names a base that turned out not to hold what its name says. bad_image: the image
// has no full pack.
Result<PackChoice> choose_pack(const ImageEntry& image, const std::optional<Digest>& booted,
                               const std::optional<Digest>& spoiled);

// Refuses (device, says how many bytes to free) unless the pack, its torrent and a margin fit.
Result<void> check_space(const PackEntry& pack, std::uint64_t free_bytes, const std::string& directory);

}  // namespace dunlin
