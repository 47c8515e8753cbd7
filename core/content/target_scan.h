#pragma once
#include <atomic>

#include "core/content/segment_plan.h"

namespace dunlin {

// One pass over a delta's target beside its base.
struct TargetScan {
  Digest id;  // SHA-256 of the target
  std::vector<BlockRun> runs;
};

// Compares 4 KiB blocks at equal offsets; holds 2 MiB of the images. `cancel` may be null: when it turns
// true, ErrorKind::cancelled. Else fails as ByteSource::read does.
Result<TargetScan> scan_target(const ByteSource& target, const ByteSource& base,
                               const std::atomic<bool>* cancel);

}  // namespace dunlin
