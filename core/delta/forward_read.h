#pragma once
#include <vector>

#include "core/base/byte_source.h"

namespace dunlin {

// Source bytes that are wanted at a place of a buffer. Places must not overlap; what is wanted there may.
struct WantedCopy {
  std::uint64_t offset = 0;  // in the source
  std::size_t length = 0;
  std::size_t place = 0;  // in the buffer
};

// Fills their places. Reads each byte of the source once, from low offsets to high: a source that decodes on
// the way would begin anew at every step back. Fails as reading does.
Result<void> read_forward(const ByteSource& source, std::vector<WantedCopy> copies, ByteSpan buffer);

}  // namespace dunlin
