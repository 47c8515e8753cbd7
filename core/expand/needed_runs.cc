#include "core/expand/needed_runs.h"

#include <algorithm>

namespace dunlin {

NeededRuns::NeededRuns(const ExpandMap& map) {
  for (const ExpandLayer& layer : map.layers) {
    layers_.emplace_back(layer);
    needed_.emplace_back(layer.runs.size(), false);
  }
}

void NeededRuns::add(std::uint64_t plain, std::uint64_t length) {
  if (length > 0) add(layers_.size(), plain, plain + length);
}

void NeededRuns::add(std::size_t layers, std::uint64_t begin, std::uint64_t end) {
  if (layers == 0) return;
  const RunIndex& index = layers_[layers - 1];
  for (std::size_t i = index.at_plain(begin); i < index.count() && index.start(i).plain < end; ++i) {
    const RunIndex::Place& start = index.start(i);
    if (index.run(i).is_raw()) {
      const std::uint64_t from = std::max(begin, start.plain) - start.plain;
      const std::uint64_t to = std::min(end, start.plain + index.run(i).plain_length) - start.plain;
      add(layers - 1, start.packed + from, start.packed + to);
    } else if (!needed_[layers - 1][i]) {
      needed_[layers - 1][i] = true;
      add(layers - 1, start.packed, start.packed + index.run(i).packed_length);
    }
  }
}

}  // namespace dunlin
