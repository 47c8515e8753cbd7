#pragma once
#include <cstdint>
#include <string>

#include "core/base/digest.h"

namespace dunlin {

// How beacons name a content: the first 8 bytes of the SHA-256 of its bytes. So who knows a release's
// manifest knows what neighbours have of it, without any torrent.
std::uint64_t content_key(const Digest& content);

// What a device of this site says it has of one content. A hint, as everything in a beacon.
struct LanOffer {
  std::uint64_t content = 0;     // content_key()
  std::uint64_t have_bytes = 0;  // verified there; the content's size when it has all of it
  std::string device;
  bool operator==(const LanOffer&) const = default;
};

}  // namespace dunlin
