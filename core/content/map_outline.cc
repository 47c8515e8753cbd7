#include "core/content/map_outline.h"

#include <algorithm>

namespace dunlin {

namespace {

// A packed run of one layer with its place on both sides.
struct PlacedRun {
  ExpandPosition begin;
  ExpandPosition end;
};

std::vector<PlacedRun> opened_runs(const ExpandLayer& layer) {
  std::vector<PlacedRun> opened;
  ExpandPosition at;
  for (const ExpandedRun& run : layer.runs) {
    const ExpandPosition end{at.packed + run.packed_length, at.plain + run.plain_length};
    if (!run.is_raw()) opened.push_back({at, end});
    at = end;
  }
  return opened;
}

}  // namespace

MapOutline::MapOutline(const ExpandMap& map) {
  for (const ExpandLayer& layer : map.layers) stretches_ = open_further(stretches_, layer);
}

// `below` ends on the side ("middle") that the layer's runs begin on. Stretches and runs that overlap there
// become one; outside of them, the three sides run in parallel, so differences of offsets say where it lies.
std::vector<MapOutline::Stretch> MapOutline::open_further(const std::vector<Stretch>& below,
                                                          const ExpandLayer& layer) {
  const std::vector<PlacedRun> above = opened_runs(layer);
  std::vector<Stretch> merged;
  auto lower = below.begin();
  auto upper = above.begin();
  std::uint64_t to_packed = 0;  // middle + to_packed is the packed offset; modulo 2^64
  std::uint64_t to_plain = 0;
  while (lower != below.end() || upper != above.end()) {
    const bool lower_first =
        upper == above.end() || (lower != below.end() && lower->begin.plain <= upper->begin.packed);
    const std::uint64_t begin = lower_first ? lower->begin.plain : upper->begin.packed;
    Stretch stretch{{begin + to_packed, begin + to_plain}, {}};
    std::uint64_t end = begin + 1;
    for (bool grown = true; grown;) {
      grown = false;
      for (; lower != below.end() && lower->begin.plain < end; ++lower, grown = true) {
        end = std::max(end, lower->end.plain);
        to_packed = lower->end.packed - lower->end.plain;
      }
      for (; upper != above.end() && upper->begin.packed < end; ++upper, grown = true) {
        end = std::max(end, upper->end.packed);
        to_plain = upper->end.plain - upper->end.packed;
      }
    }
    stretch.end = {end + to_packed, end + to_plain};
    merged.push_back(stretch);
  }
  return merged;
}

std::vector<MapOutline::Stretch>::const_iterator MapOutline::ending_after(std::uint64_t plain) const {
  return std::ranges::upper_bound(stretches_, plain, {},
                                  [](const Stretch& stretch) { return stretch.end.plain; });
}

std::size_t MapOutline::next_stretch(std::uint64_t plain) const {
  return static_cast<std::size_t>(ending_after(plain) - stretches_.begin());
}

ExpandPosition MapOutline::clean_before(std::uint64_t plain) const {
  const auto next = ending_after(plain);
  if (next != stretches_.end() && next->begin.plain <= plain) return next->begin;
  if (next == stretches_.begin()) return {plain, plain};
  const ExpandPosition& last = std::prev(next)->end;
  return {last.packed + (plain - last.plain), plain};
}

bool MapOutline::is_boundary(ExpandPosition position) const {
  const ExpandPosition clean = clean_before(position.plain);
  if (clean.plain == position.plain) return clean.packed == position.packed;
  const Stretch& stretch = *ending_after(position.plain);
  return position.packed >= stretch.begin.packed && position.packed <= stretch.end.packed;
}

std::optional<std::size_t> MapOutline::long_stretch(std::uint64_t plain, std::uint64_t length) const {
  for (std::size_t i = next_stretch(plain); i < stretches_.size(); ++i) {
    if (stretches_[i].begin.plain >= plain + length) break;
    if (stretches_[i].is_long()) return i;
  }
  return std::nullopt;
}

bool MapOutline::is_opened(std::uint64_t plain, std::uint64_t length) const {
  const auto next = ending_after(plain);
  return next != stretches_.end() && next->begin.plain < plain + length;
}

}  // namespace dunlin
