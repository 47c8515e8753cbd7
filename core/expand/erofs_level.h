#pragma once
#include "core/base/byte_source.h"
#include "core/expand/erofs_stretch.h"

namespace dunlin {

// A stretch as a run of a layer, packed in a given way.
ExpandedRun to_run(const ErofsStretch& stretch);

struct ErofsLevel {
  int level = 9;
  std::uint32_t extent_size_max = 0;
};
ErofsPacking to_erofs_packing(const ErofsStretch& stretch, const ErofsLevel& level);

// Whether the clusters decode to as much as their file's map says. Fails as ByteSource::read does.
Result<bool> erofs_stretch_opens(const ByteSource& image, const ErofsStretch& stretch);

// The level that re-encodes the beginnings of a few stretches best: those of one image share it. All must
// open. Fails as ByteSource::read does; device: no memory.
Result<ErofsLevel> guess_erofs_level(const ByteSource& image, const std::vector<ErofsStretch>& stretches);

}  // namespace dunlin
