#pragma once
#include <cstdint>
#include <string>

namespace dunlin {

// What a neighbour says of one content, also when it has nothing of it yet. A hint, as everything in a
// beacon.
struct LanShare {
  std::string device;
  std::uint64_t have_bytes = 0;
  bool lacks = false;  // some of what it wants
  bool operator==(const LanShare&) const = default;
};

}  // namespace dunlin
