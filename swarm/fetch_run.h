#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "swarm/piece_set.h"

namespace dunlin {

// Consecutive pieces to read with one request.
struct FetchRun {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
  bool operator==(const FetchRun&) const = default;
};

// What the choice of the next run depends on.
struct FetchChoice {
  const PieceSet& have;
  const PieceSet& wanted;
  const PieceSet& taken;           // asked for already
  const std::vector<int>& on_lan;  // copies among connected peers, by piece; empty: none known
};

// Wanted, and nobody here has it or has asked for it.
bool is_missing(const FetchChoice& choice, std::uint32_t piece);

// The first run of at most `count_max` pieces that are missing in that sense.
std::optional<FetchRun> next_fetch_run(const FetchChoice& choice, std::uint32_t count_max);

// Pieces for about four seconds at `rate` bytes a second, between one piece and 4 MiB: long enough that the
// time between two requests does not count, short enough that two requests stay close to each other.
std::uint32_t pieces_per_request(std::uint64_t rate, std::uint32_t piece_size);

}  // namespace dunlin
