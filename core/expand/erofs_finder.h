#pragma once
#include "core/expand/finder.h"

namespace dunlin {

// The packed files of an erofs image (lz4, lz4hc) as the runs of one layer: a run is a file, or as much of it
// as lies in one piece; packed with the level that re-encodes a sample. Nothing: no erofs image, or none that
// holds such a file. Any bytes give an answer, in time and memory bounded by the size of the image.
// Fails as ByteSource::read does; cancelled; device: no memory.
Result<std::optional<ExpandLayer>> find_erofs(const ByteSource& image, const FindOptions& options);

}  // namespace dunlin
