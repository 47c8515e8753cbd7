#pragma once
#include "core/base/byte_source.h"
#include "core/expand/finder.h"
#include "core/expand/found_run.h"

namespace dunlin {

// What can be opened of an erofs image, in its order: the files packed with lz4 or lz4hc, each as one run or
// as much of it as lies in one piece, with the level that re-encodes a sample; and the ends of long unpacked
// files (see erofs_tail_of). Empty for anything else. Any bytes give an answer, in time and memory bounded by
// the size of the image. Fails as ByteSource::read does; cancelled; device: no memory.
Result<std::vector<FoundRun>> find_erofs_files(const ByteSource& image, const FindOptions& options);

}  // namespace dunlin
