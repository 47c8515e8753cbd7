#pragma once
#include "core/base/byte_source.h"
#include "core/expand/finder.h"
#include "core/expand/found_run.h"

namespace dunlin {

// The compressed blocks of a squashfs image (data, fragments, metadata), each of which decodes; their packing
// is the one that the image's options make most likely. Empty for anything else. Whatever the image says of
// itself: of each table at most squashfs_table_max bytes are read, and each data block is decoded once.
// Fails as ByteSource::read does, or with cancelled.
Result<std::vector<FoundRun>> find_squashfs_blocks(const ByteSource& image, const FindOptions& options);

}  // namespace dunlin
