#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"

namespace dunlin {

// The age of something, as beacons carry it: tenths of a second, rounded up, so that nothing seems younger
// than it is. None: it never happened.
using BeaconAge = std::optional<std::chrono::duration<std::uint32_t, std::deci>>;

// What a device says of its mirror of the repository, and of when it last looked at the repository itself
// (docs/mirror.md). A hint, as everything in a beacon.
struct MirrorNews {
  std::uint16_t port = 0;     // TCP; 0: it serves none
  std::uint64_t version = 0;  // of the newest timestamp metadata it verified; 0: none
  std::uint16_t stock = 0;    // another number whenever the mirror has something new
  bool asks_wan = false;      // it is asking the repository over the WAN at this moment
  BeaconAge wan_age{};        // since its last complete look at the repository over the WAN
  bool operator==(const MirrorNews&) const = default;
};

// What this device says of itself; the age is worked out whenever a beacon leaves.
struct OwnMirror {
  std::uint16_t port = 0;
  std::uint64_t version = 0;
  std::uint16_t stock = 0;
  bool asks_wan = false;
  std::optional<SteadyTime> wan_checked{};
  bool operator==(const OwnMirror&) const = default;
};

// A neighbour that serves a mirror.
struct MirrorOffer {
  std::uint64_t instance = 0;
  std::string device;
  std::string address;  // "192.0.2.7"
  std::uint16_t port = 0;
  std::uint64_t version = 0;
  std::uint16_t stock = 0;
  bool asks_wan = false;
  bool may_use_wan = false;
  std::optional<SteadyTime> wan_checked{};  // by our clock; never later than it was
  std::vector<std::uint64_t> contents{};    // content_key() of what it transfers or serves
  bool operator==(const MirrorOffer&) const = default;
};

// Whether this tells a listener more than what was heard before: anything but a look growing older.
bool is_news(const MirrorNews& before, const MirrorNews& now);

MirrorNews news_at(const OwnMirror& own, SteadyTime now);

}  // namespace dunlin
