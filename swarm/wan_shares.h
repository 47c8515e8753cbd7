#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "swarm/fetch_run.h"
#include "swarm/wan_leases.h"

namespace dunlin {

// Pieces that are dealt together, and the most that a device with its own uplink asks for at once: others may
// join at any time.
constexpr std::uint32_t share_block_pieces = 4;

// The place of one device among those that read a content over the WAN at the same time.
struct WanShare {
  std::uint32_t rank = 0;  // below `readers`
  std::uint32_t readers = 1;
  bool operator==(const WanShare&) const = default;
};

// By instance, so that everyone who sees the same readers deals the same way.
WanShare share_of(std::uint64_t self, const std::vector<std::uint64_t>& others);

// What one of several readers asks for next: pieces that nobody has and nobody reads. It looks at its own
// blocks (each `readers`th one) near the first free piece, then at the first free piece of
// anybody, so that devices of any speed end together; towards the end runs become short. When nothing is free
// it takes one piece that another one has been reading for too long. A single reader takes what
// next_fetch_run says.
std::optional<FetchRun> next_shared_run(const FetchChoice& choice, const WanLeases& leases, WanShare share,
                                        std::uint32_t count_max, SteadyTime now);

// For a device whose uplink brings nothing: the piece that others will want last.
std::optional<FetchRun> next_probe(const FetchChoice& choice, const WanLeases& leases, SteadyTime now);

}  // namespace dunlin
