#pragma once
#include "core/expand/run_index.h"

namespace dunlin {

// Collects which packed runs of a map must be open so that certain plain bytes can be read.
class NeededRuns {
 public:
  // `map` outlives it.
  explicit NeededRuns(const ExpandMap& map);

  // These plain bytes of the outermost layer will be read.
  void add(std::uint64_t plain, std::uint64_t length);
  bool needs(std::size_t layer, std::size_t run) const { return needed_[layer][run]; }

 private:
  // Bytes of the space that `layers` layers give.
  void add(std::size_t layers, std::uint64_t begin, std::uint64_t end);

  std::vector<RunIndex> layers_;
  std::vector<std::vector<bool>> needed_;
};

}  // namespace dunlin
