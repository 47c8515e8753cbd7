#include "core/expand/finder.h"
#include "core/expand/found_run.h"
#include "core/expand/plain_translation.h"

namespace dunlin {

namespace {

// Where [begin, begin + length) lies now, when it still lies there in one piece.
std::optional<std::uint64_t> whole_at(const PlainTranslation& moved, std::uint64_t begin,
                                      std::uint64_t length) {
  const std::optional<PlainTranslation::Place> first = moved.at(begin);
  std::optional<PlainTranslation::Place> place = first;
  for (std::uint64_t done = 0; done < length; done += place->length) {
    if (done > 0) place = moved.at(begin + done);
    if (!place || place->offset != first->offset + done) return std::nullopt;
  }
  return first->offset;
}

}  // namespace

ExpandMap filtered(const ExpandMap& map, const RunFilter& keep) {
  ExpandMap before;  // the layers below, as they were
  ExpandMap result;
  std::uint64_t packed_size = map.layers.empty() ? 0 : map.layers.front().packed_size();
  for (std::size_t number = 0; number < map.layers.size(); ++number) {
    const ExpandLayer& layer = map.layers[number];
    const PlainTranslation moved(before, result);
    std::vector<FoundRun> kept;
    std::uint64_t at = 0;
    for (std::size_t run = 0; run < layer.runs.size(); at += layer.runs[run++].packed_length) {
      const ExpandedRun& it = layer.runs[run];
      if (it.is_raw() || !keep(number, run)) continue;
      const std::optional<std::uint64_t> begin = whole_at(moved, at, it.packed_length);
      if (!begin) continue;
      kept.push_back({.packed_begin = *begin,
                      .packed_length = it.packed_length,
                      .plain_length = it.plain_length,
                      .packing = layer.packings[it.packing - 1]});
    }
    result.layers.push_back(layer_of(std::move(kept), packed_size));
    packed_size = result.layers.back().plain_size();
    before.layers.push_back(layer);
  }
  while (!result.layers.empty() && found_in(result.layers.back()).empty()) result.layers.pop_back();
  return result;
}

}  // namespace dunlin
