#include "core/expand/expand_map.h"

namespace dunlin {

std::uint64_t ExpandLayer::packed_size() const {
  std::uint64_t size = 0;
  for (const ExpandedRun& run : runs) size += run.packed_length;
  return size;
}

std::uint64_t ExpandLayer::plain_size() const {
  std::uint64_t size = 0;
  for (const ExpandedRun& run : runs) size += run.plain_length;
  return size;
}

}  // namespace dunlin
