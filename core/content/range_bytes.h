#pragma once
#include <vector>

#include "core/base/byte_source.h"

namespace dunlin {

// Ranges of a source, taken one behind the other. For BaseRange and ByteRange.

template <typename Range>
std::uint64_t total_length(const std::vector<Range>& ranges) {
  std::uint64_t total = 0;
  for (const Range& range : ranges) total += range.length;
  return total;
}

// Fills the front of `out`, which has room for them. Fails as ByteSource::read does.
template <typename Range>
Result<void> read_ranges(const ByteSource& source, const std::vector<Range>& ranges, ByteSpan out) {
  for (const Range& range : ranges) {
    Result<void> read = source.read(range.offset, out.first(range.length));
    if (!read) return read;
    out = out.subspan(range.length);
  }
  return {};
}

}  // namespace dunlin
