#pragma once
#include <algorithm>
#include <map>

#include "core/base/byte_range.h"

namespace dunlin {

// A set of bytes of a file, as ranges that neither touch nor overlap.
class ByteRanges {
 public:
  void add(std::uint64_t begin, std::uint64_t end) {
    if (begin >= end) return;
    auto next = ends_.upper_bound(begin);
    if (next != ends_.begin() && std::prev(next)->second >= begin) {
      --next;
      begin = next->first;
    }
    while (next != ends_.end() && next->first <= end) {
      end = std::max(end, next->second);
      next = ends_.erase(next);
    }
    ends_[begin] = end;
  }
  // The first part of `range` that is not here; empty when all of it is.
  ByteRange first_gap(const ByteRange& range) const {
    std::uint64_t at = range.offset;
    auto next = ends_.upper_bound(at);
    if (next != ends_.begin()) at = std::max(at, std::prev(next)->second);
    const std::uint64_t limit = next == ends_.end() ? range.end() : std::min(range.end(), next->first);
    return at < limit ? ByteRange{at, limit - at} : ByteRange{range.end(), 0};
  }
  std::uint64_t missing_of(ByteRange range) const {
    std::uint64_t missing = 0;
    for (ByteRange gap = first_gap(range); gap.length > 0; gap = first_gap(range)) {
      missing += gap.length;
      range = {gap.end(), range.end() - gap.end()};
    }
    return missing;
  }
  std::uint64_t size() const {
    std::uint64_t size = 0;
    for (const auto& [begin, end] : ends_) size += end - begin;
    return size;
  }

 private:
  std::map<std::uint64_t, std::uint64_t> ends_;  // by begin
};

}  // namespace dunlin
