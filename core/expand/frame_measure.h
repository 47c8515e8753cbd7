#pragma once
#include "core/base/byte_source.h"
#include "core/expand/found_run.h"
#include "core/expand/frame_magic.h"

namespace dunlin {

// How much decoding is still allowed; counts plain bytes.
struct DecodeBudget {
  std::uint64_t left = 0;
};

// Decodes the frame that may begin at `begin` and tells its run; nothing when it is none, does not decode up
// to its end, holds more than `plain_max` or than the budget allows, or is of a shape that no encoder of ours
// makes. Fails only as ByteSource::read does.
Result<std::optional<FoundRun>> measure_frame(const ByteSource& space, std::uint64_t begin,
                                              FrameFormat format, std::uint64_t plain_max,
                                              DecodeBudget& budget);

}  // namespace dunlin
