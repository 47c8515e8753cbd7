#pragma once
#include "core/expand/expand_map.h"

namespace dunlin {

// Finds runs of a layer by offset, on either side. `layer` outlives it.
class RunIndex {
 public:
  explicit RunIndex(const ExpandLayer& layer);

  struct Place {
    std::uint64_t packed = 0;
    std::uint64_t plain = 0;
  };
  std::size_t count() const { return layer_.runs.size(); }
  const ExpandedRun& run(std::size_t index) const { return layer_.runs[index]; }
  // Must not be raw.
  const Packing& packing(std::size_t index) const { return layer_.packings[layer_.runs[index].packing - 1]; }
  // Where a run begins; start(count()) is where the layer ends.
  const Place& start(std::size_t index) const { return starts_[index]; }
  // The run that holds the byte; count() for the end.
  std::size_t at_packed(std::uint64_t offset) const;
  std::size_t at_plain(std::uint64_t offset) const;

 private:
  const ExpandLayer& layer_;
  std::vector<Place> starts_;
};

}  // namespace dunlin
