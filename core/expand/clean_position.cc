#include "core/expand/clean_position.h"

namespace dunlin {

namespace {

// The last place at or before a plain offset that cuts no packed run.
RunIndex::Place place_below(const RunIndex& index, std::uint64_t plain) {
  const std::size_t run = index.at_plain(plain);
  RunIndex::Place place = index.start(run);
  if (run == index.count() || !index.run(run).is_raw()) return place;
  place.packed += plain - place.plain;
  place.plain = plain;
  return place;
}

RunIndex::Place place_above(const RunIndex& index, std::uint64_t packed) {
  const std::size_t run = index.at_packed(packed);
  RunIndex::Place place = index.start(run);
  if (run == index.count() || !index.run(run).is_raw()) return place;
  place.plain += packed - place.packed;
  place.packed = packed;
  return place;
}

}  // namespace

ExpandPosition last_clean_position(const std::vector<const RunIndex*>& layers, std::uint64_t plain) {
  // Going down may stop at a run that begins earlier; the layers above then have to begin earlier too.
  for (;;) {
    std::uint64_t offset = plain;
    std::size_t steps = 0;  // layers gone down without a cut
    for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
      const RunIndex::Place place = place_below(**layer, offset);
      if (place.plain != offset) {
        offset = place.plain;
        break;
      }
      offset = place.packed;
      ++steps;
    }
    if (steps == layers.size()) return {.packed = offset, .plain = plain};
    for (std::size_t i = layers.size() - steps; i < layers.size(); ++i)
      offset = place_above(*layers[i], offset).plain;
    plain = offset;
  }
}

}  // namespace dunlin
