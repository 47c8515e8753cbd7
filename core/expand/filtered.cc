#include "core/expand/finder.h"
#include "core/expand/found_run.h"
#include "core/expand/run_index.h"

namespace dunlin {

namespace {

// Where the plain bytes of a layer go when some of its runs are closed.
class PlainShift {
 public:
  PlainShift(const ExpandLayer& before, const ExpandLayer& after) : before_(before), after_(after) {}

  // The same place on the plain side of the filtered layer; nothing inside of a run that was closed.
  std::optional<std::uint64_t> moved(std::uint64_t plain) const {
    const std::size_t run = before_.at_plain(plain);
    const RunIndex::Place start = before_.start(run);
    const RunIndex::Place after = after_start(start.packed);
    if (run < before_.count() && !before_.run(run).is_raw() && plain > start.plain &&
        !is_open_after(start.packed))
      return std::nullopt;
    return after.plain + (plain - start.plain);
  }

  // Whether no packed run with bytes in [begin, end) of the plain side was closed.
  bool all_open(std::uint64_t begin, std::uint64_t end) const {
    for (std::size_t run = before_.at_plain(begin); run < before_.count() && before_.start(run).plain < end;
         ++run)
      if (!before_.run(run).is_raw() && !is_open_after(before_.start(run).packed)) return false;
    return true;
  }

 private:
  RunIndex::Place after_start(std::uint64_t packed) const {
    const std::size_t run = after_.at_packed(packed);
    RunIndex::Place place = after_.start(run);
    place.plain += packed - place.packed;
    return place;
  }
  bool is_open_after(std::uint64_t packed) const {
    const std::size_t run = after_.at_packed(packed);
    return run < after_.count() && !after_.run(run).is_raw() && after_.start(run).packed == packed;
  }

  RunIndex before_;
  RunIndex after_;
};

}  // namespace

ExpandMap filtered(const ExpandMap& map, const RunFilter& keep) {
  ExpandMap result;
  std::optional<PlainShift> below;  // refers to map and result.layers
  result.layers.reserve(map.layers.size());
  std::uint64_t packed_size = map.layers.empty() ? 0 : map.layers.front().packed_size();
  for (std::size_t number = 0; number < map.layers.size(); ++number) {
    const ExpandLayer& layer = map.layers[number];
    std::vector<FoundRun> kept;
    std::uint64_t at = 0;
    for (std::size_t run = 0; run < layer.runs.size(); at += layer.runs[run++].packed_length) {
      const ExpandedRun& it = layer.runs[run];
      if (it.is_raw() || !keep(number, run) || (below && !below->all_open(at, at + it.packed_length)))
        continue;
      kept.push_back({.packed_begin = below ? below->moved(at).value_or(0) : at,
                      .packed_length = it.packed_length,
                      .plain_length = it.plain_length,
                      .packing = layer.packings[it.packing - 1]});
    }
    result.layers.push_back(layer_of(std::move(kept), packed_size));
    packed_size = result.layers.back().plain_size();
    below.emplace(layer, result.layers.back());
  }
  while (!result.layers.empty() && found_in(result.layers.back()).empty()) result.layers.pop_back();
  return result;
}

}  // namespace dunlin
