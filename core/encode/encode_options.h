#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/base/disk.h"

namespace dunlin {

// What an encoder is doing. Matching comes after sorting, both once for each part of a large base.
enum class EncodePhase {
  reading,      // the images, to compare and to name them
  opening,      // looking for compressed content that can be closed again
  sorting,      // the base, so that it can be searched
  matching,     // segments against the base
  compressing,  // what is left of them
};

std::string_view to_string(EncodePhase phase);

// How far the current phase is, in bytes; `total` does not change within a phase.
struct EncodeProgress {
  EncodePhase phase{};
  std::uint64_t done = 0;
  std::uint64_t total = 0;
};

struct EncodeOptions {
  int level = 19;      // zstd level, 1..22
  int threads = 1;     // the result does not depend on it
  bool expand = true;  // whether delta packs open compressed content
  // Bytes for the search for matches, at least match_memory_min. A base that needs more is searched in parts:
  // the pack becomes a little larger.
  std::uint64_t search_memory_max = std::uint64_t{2560} << 20;
  // Where finished parts are kept, so that an encoding that was interrupted goes on; empty: nowhere.
  std::string work_folder;
  // Where sorted bases are kept for the next encoding against the same base; empty: nowhere.
  std::string cache_folder;
  std::string cache_prefix;                                // of their names
  Disk* disk = nullptr;                                    // of these folders
  std::function<void(const EncodeProgress&)> on_progress;  // called from any thread, serialised
  const std::atomic<bool>* cancel = nullptr;               // when it turns true: ErrorKind::cancelled
};

}  // namespace dunlin
