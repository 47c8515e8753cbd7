#include "swarm/fetch_run.h"

#include <algorithm>

namespace dunlin {

bool is_missing(const FetchChoice& choice, std::uint32_t piece) {
  const bool nearby = piece < choice.on_lan.size() && choice.on_lan[piece] > 0;
  return choice.wanted.has(piece) && !choice.have.has(piece) && !choice.taken.has(piece) && !nearby;
}

std::optional<FetchRun> next_fetch_run(const FetchChoice& choice, std::uint32_t count_max) {
  const PieceSet& have = choice.have;
  const auto fetches = [&](std::uint32_t piece) { return is_missing(choice, piece); };
  FetchRun run{have.contiguous(), 0};
  while (run.first < have.size() && !fetches(run.first)) ++run.first;
  while (run.count < count_max && run.first + run.count < have.size() && fetches(run.first + run.count))
    ++run.count;
  if (run.count == 0) return std::nullopt;
  return run;
}

std::uint32_t pieces_per_request(std::uint64_t rate, std::uint32_t piece_size) {
  constexpr std::uint64_t request_bytes_max = 4u << 20;
  constexpr std::uint64_t seconds = 4;
  const std::uint64_t most = std::max<std::uint64_t>(request_bytes_max, piece_size);
  const std::uint64_t bytes = std::clamp<std::uint64_t>(std::min(rate, most) * seconds, piece_size, most);
  return static_cast<std::uint32_t>(bytes / piece_size);
}

}  // namespace dunlin
