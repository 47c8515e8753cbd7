#pragma once
#include <atomic>

#include "core/base/byte_source.h"
#include "core/expand/contractor.h"

namespace dunlin {

// Finds where the packed side of opened content stands when its plain side is cut: closes it up to there.
class CutFinder {
 public:
  // All outlive it; `cancel` may be null.
  CutFinder(const ByteSource& plain, const ExpandMap& map, const std::atomic<bool>* cancel)
      : plain_(plain), map_(map), cancel_(cancel), contractor_(map) {}

  // For a place inside opened content, asked in ascending order: what a Contractor has given out when it was
  // fed up to there. Fails as reading and Contractor::feed do; cancelled.
  Result<std::uint64_t> packed_at(std::uint64_t plain);

 private:
  const ByteSource& plain_;
  const ExpandMap& map_;
  const std::atomic<bool>* cancel_;
  Contractor contractor_;
  Bytes buffer_;
};

}  // namespace dunlin
