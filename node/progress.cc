#include "node/progress.h"

#include <algorithm>

namespace dunlin {

namespace {

// part / whole in 0..scale, without overflow for sizes beyond 2^57.
int share(std::uint64_t part, std::uint64_t whole, int scale) {
  if (whole == 0) return 0;
  const double fraction = static_cast<double>(std::min(part, whole)) / static_cast<double>(whole);
  return static_cast<int>(fraction * scale);
}

// A delta writes far more than it fetches, a full pack about as much: the slower of the two is what a person
// waits for, and both end at the same moment.
int transfer_percent(const ProgressInput& input) {
  const int fetched = share(input.pack_verified, input.pack_size, 950);
  const int written = share(input.image_written, input.image_size, 950);
  return (fetched + written) / 20;
}

std::optional<std::uint64_t> seconds_left(const ProgressInput& input) {
  if (input.phase != Phase::fetching || input.pack_size == 0) return std::nullopt;
  const std::uint64_t missing = input.pack_size - std::min(input.pack_verified, input.pack_size);
  if (missing == 0) return 0;
  if (input.rate == 0) return std::nullopt;
  return (missing + input.rate - 1) / input.rate;
}

}  // namespace

Progress compute_progress(const ProgressInput& input) {
  Progress progress;
  progress.seconds_left = seconds_left(input);
  switch (input.phase) {
    case Phase::idle:
    case Phase::checking:
    case Phase::planning:
    case Phase::fell_back:
      break;
    case Phase::waiting:
    case Phase::fetching:
      progress.percent = transfer_percent(input);
      break;
    case Phase::verifying:
      progress.percent = 95 + share(input.read_back, input.image_size, 4);
      break;
    case Phase::staged:
    case Phase::trial:
    case Phase::confirmed:
      progress.percent = 100;
      break;
  }
  return progress;
}

}  // namespace dunlin
