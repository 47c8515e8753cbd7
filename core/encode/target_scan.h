#pragma once
#include "core/base/byte_source.h"
#include "core/encode/encode_options.h"

namespace dunlin {

// A run of target bytes that compares alike: all zero or not, equal to the base at the same offset or not.
struct BlockRun {
  std::uint64_t length = 0;
  bool zero = false;
  bool same = false;
  bool operator==(const BlockRun&) const = default;
};

// One pass over a delta's target beside its base.
struct TargetScan {
  Digest id;                   // SHA-256 of the target
  std::vector<BlockRun> runs;  // back to back from offset 0
};

// Compares 4 KiB blocks at equal offsets; holds 2 MiB of the images. Reports its progress; cancelled. Else
// fails as ByteSource::read does.
Result<TargetScan> scan_target(const ByteSource& target, const ByteSource& base,
                               const EncodeOptions& options);

}  // namespace dunlin
