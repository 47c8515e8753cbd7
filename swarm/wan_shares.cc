#include "swarm/wan_shares.h"

#include <algorithm>

namespace dunlin {

namespace {

constexpr std::uint32_t block_pieces = share_block_pieces;
// Blocks of each reader that it may be ahead of the first free piece.
constexpr std::uint32_t rounds_ahead = 2;
// Requests that each reader could still make: with fewer, a request is for one piece.
constexpr std::uint32_t requests_left = 4;

std::vector<std::uint32_t> free_pieces(const FetchChoice& choice, const WanLeases& leases, SteadyTime now) {
  std::vector<std::uint32_t> out;
  for (std::uint32_t i = choice.have.contiguous(); i < choice.have.size(); ++i) {
    if (is_missing(choice, i) && !leases.holds(i, now)) out.push_back(i);
  }
  return out;
}

// Index of the first free piece of our own blocks that are near. Else of one near the end of what is near,
// another one for each reader as far as they go: its owner takes the first.
std::size_t choose(const std::vector<std::uint32_t>& free, WanShare share) {
  const std::uint32_t window = block_pieces * share.readers * rounds_ahead;
  std::size_t near = 0;
  for (; near < free.size() && free[near] - free.front() < window; ++near) {
    if (free[near] / block_pieces % share.readers == share.rank) return near;
  }
  return near - 1 - near * share.rank / share.readers;
}

// Of pieces that others have read for too long, ours by number, else the first.
std::optional<FetchRun> overdue_run(const FetchChoice& choice, const WanLeases& leases, WanShare share,
                                    SteadyTime now) {
  std::optional<FetchRun> first;
  for (std::uint32_t i = choice.have.contiguous(); i < choice.have.size(); ++i) {
    if (!is_missing(choice, i) || !leases.is_overdue(i, now)) continue;
    if (i % share.readers == share.rank) return FetchRun{i, 1};
    if (!first) first = FetchRun{i, 1};
  }
  return first;
}

}  // namespace

WanShare share_of(std::uint64_t self, const std::vector<std::uint64_t>& others) {
  WanShare share;
  share.readers += static_cast<std::uint32_t>(others.size());
  share.rank = static_cast<std::uint32_t>(
      std::count_if(others.begin(), others.end(), [&](std::uint64_t each) { return each < self; }));
  return share;
}

std::optional<FetchRun> next_shared_run(const FetchChoice& choice, const WanLeases& leases, WanShare share,
                                        std::uint32_t count_max, SteadyTime now) {
  if (share.readers == 1) return next_fetch_run(choice, count_max);
  const std::vector<std::uint32_t> free = free_pieces(choice, leases, now);
  if (free.empty()) return overdue_run(choice, leases, share, now);
  const std::size_t chosen = choose(free, share);
  const bool ends_soon = free.size() < std::size_t{block_pieces} * requests_left * share.readers;
  const std::uint32_t most = ends_soon ? 1 : count_max;
  FetchRun run{free[chosen], 1};
  const std::uint32_t block_end = (run.first / block_pieces + 1) * block_pieces;
  for (std::size_t i = chosen + 1; i < free.size() && run.count < most; ++i, ++run.count) {
    if (free[i] != run.first + run.count || free[i] == block_end) break;
  }
  return run;
}

std::optional<FetchRun> next_probe(const FetchChoice& choice, const WanLeases& leases, SteadyTime now) {
  const std::vector<std::uint32_t> free = free_pieces(choice, leases, now);
  if (free.empty()) return std::nullopt;
  return FetchRun{free.back(), 1};
}

}  // namespace dunlin
