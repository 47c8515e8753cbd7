#include "core/expand/found_run.h"

#include <algorithm>
#include <map>

namespace dunlin {

namespace {

void add_raw(ExpandLayer& layer, std::uint64_t length) {
  if (length > 0) layer.runs.push_back({.packed_length = length, .plain_length = length, .packing = 0});
}

bool is_possible(const FoundRun& run, std::uint64_t at, std::uint64_t packed_size) {
  return run.packed_length > 0 && run.plain_length > 0 && run.plain_length <= expand_length_max &&
         run.packed_begin >= at && run.packed_begin <= packed_size &&
         run.packed_length <= packed_size - run.packed_begin;
}

}  // namespace

ExpandLayer layer_of(std::vector<FoundRun> found, std::uint64_t packed_size) {
  std::sort(found.begin(), found.end(), [](const FoundRun& a, const FoundRun& b) {
    return std::pair(a.packed_begin, ~a.packed_length) < std::pair(b.packed_begin, ~b.packed_length);
  });
  ExpandLayer layer;
  std::map<Packing, std::uint32_t> numbers;
  std::uint64_t at = 0;
  std::uint64_t plain = 0;
  for (const FoundRun& run : found) {
    if (!is_possible(run, at, packed_size)) continue;
    plain += run.plain_length;
    if (plain > expand_length_max - packed_size) break;
    add_raw(layer, run.packed_begin - at);
    const auto [number, is_new] =
        numbers.emplace(run.packing, static_cast<std::uint32_t>(layer.packings.size()) + 1);
    if (is_new) layer.packings.push_back(run.packing);
    layer.runs.push_back(
        {.packed_length = run.packed_length, .plain_length = run.plain_length, .packing = number->second});
    at = run.packed_begin + run.packed_length;
  }
  add_raw(layer, packed_size - at);
  return layer;
}

std::vector<FoundRun> found_in(const ExpandLayer& layer) {
  std::vector<FoundRun> found;
  std::uint64_t at = 0;
  for (const ExpandedRun& run : layer.runs) {
    if (!run.is_raw())
      found.push_back({.packed_begin = at,
                       .packed_length = run.packed_length,
                       .plain_length = run.plain_length,
                       .packing = layer.packings[run.packing - 1]});
    at += run.packed_length;
  }
  return found;
}

}  // namespace dunlin
