#include "swarm/wan_leases.h"

#include <algorithm>

namespace dunlin {

namespace {

constexpr std::size_t readers_max = 4;
constexpr std::size_t leases_max = 6;

}  // namespace

void WanLeases::hear(std::uint64_t reader, const std::vector<FetchRun>& runs, SteadyTime when) {
  for (const FetchRun& run : runs) {
    for (std::uint32_t i = 0; i < run.count && run.first < pieces_ && i < pieces_ - run.first; ++i)
      hear_piece(reader, run.first + i, when);
  }
}

void WanLeases::hear_piece(std::uint64_t reader, std::uint32_t piece, SteadyTime when) {
  Lease& lease = leases_[piece];
  if (when >= lease.until) lease = Lease{};
  lease.until = std::max(lease.until, when + lifetime);
  const bool is_known = std::find(lease.readers.begin(), lease.readers.end(), reader) != lease.readers.end();
  if (is_known || lease.readers.size() == readers_max) return;
  lease.readers.push_back(reader);
  lease.since = when;
}

const WanLeases::Lease* WanLeases::find(std::uint32_t piece, SteadyTime now) const {
  const auto found = leases_.find(piece);
  return found == leases_.end() || now >= found->second.until ? nullptr : &found->second;
}

bool WanLeases::holds(std::uint32_t piece, SteadyTime now) const {
  return find(piece, now) != nullptr;
}

bool WanLeases::is_overdue(std::uint32_t piece, SteadyTime now) const {
  const Lease* lease = find(piece, now);
  return lease && now - lease->since >= patience_;
}

bool WanLeases::is_lost_by(std::uint64_t self, std::uint32_t piece, SteadyTime now) const {
  const Lease* lease = find(piece, now);
  if (!lease || is_overdue(piece, now)) return false;
  return std::any_of(lease->readers.begin(), lease->readers.end(),
                     [&](std::uint64_t reader) { return reader < self; });
}

std::chrono::milliseconds lease_patience(std::uint64_t rate, std::uint32_t piece_size,
                                         std::chrono::milliseconds least) {
  const std::uint64_t one_ms = std::uint64_t{piece_size} * 1000 / std::max<std::uint64_t>(rate, 1);
  return std::max(std::chrono::milliseconds(3 * std::min<std::uint64_t>(one_ms, 40'000)), least);
}

std::vector<FetchRun> open_leases(const PieceSet& taken, const PieceSet& have) {
  std::vector<FetchRun> out;
  const auto is_open = [&](std::uint32_t piece) { return taken.has(piece) && !have.has(piece); };
  for (std::uint32_t i = have.contiguous(); i < taken.size() && out.size() < leases_max; ++i) {
    if (!is_open(i)) continue;
    FetchRun run{i, 1};
    while (run.first + run.count < taken.size() && is_open(run.first + run.count)) ++run.count;
    out.push_back(run);
    i += run.count;
  }
  return out;
}

}  // namespace dunlin
