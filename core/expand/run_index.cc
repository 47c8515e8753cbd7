#include "core/expand/run_index.h"

#include <algorithm>

namespace dunlin {

RunIndex::RunIndex(const ExpandLayer& layer) : layer_(layer) {
  starts_.reserve(layer.runs.size() + 1);
  Place place;
  for (const ExpandedRun& run : layer.runs) {
    starts_.push_back(place);
    place.packed += run.packed_length;
    place.plain += run.plain_length;
  }
  starts_.push_back(place);
}

std::size_t RunIndex::at_packed(std::uint64_t offset) const {
  const auto after =
      std::upper_bound(starts_.begin(), starts_.end(), offset,
                       [](std::uint64_t value, const Place& place) { return value < place.packed; });
  return static_cast<std::size_t>(after - starts_.begin()) - 1;
}

std::size_t RunIndex::at_plain(std::uint64_t offset) const {
  const auto after =
      std::upper_bound(starts_.begin(), starts_.end(), offset,
                       [](std::uint64_t value, const Place& place) { return value < place.plain; });
  return static_cast<std::size_t>(after - starts_.begin()) - 1;
}

}  // namespace dunlin
