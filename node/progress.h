#pragma once
#include <cstdint>
#include <optional>

#include "node/update_machine.h"

namespace dunlin {

// What is known about a running update, in bytes.
struct ProgressInput {
  Phase phase = Phase::idle;
  std::uint64_t pack_size = 0;
  std::uint64_t pack_verified = 0;
  std::uint64_t image_size = 0;
  std::uint64_t image_written = 0;  // covered by segments in the slot
  std::uint64_t read_back = 0;      // by the applier, of image_size
  std::uint64_t rate = 0;           // bytes a second of the pack
};

struct Progress {
  int percent = 0;                            // 0..100; 100 only when the update is staged or done
  std::optional<std::uint64_t> seconds_left;  // until all is fetched; none: not known
};

// Fetching and writing together are 0 to 95 %, reading back 95 to 99.
Progress compute_progress(const ProgressInput& input);

}  // namespace dunlin
