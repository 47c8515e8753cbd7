#pragma once
#include "core/expand/expand_map.h"
#include "core/expand/squashfs_super.h"

namespace dunlin {

// With what mksquashfs 4.5 packs the blocks of such an image: its options, or the defaults where it stored
// none. Of several packings (xz filters, zlib strategies) each block has the one that is shortest; the first
// is the most likely. Empty for compressors that are not opened (lzma). Fails as ByteSource::read does.
Result<std::vector<Packing>> squashfs_packings(const ByteSource& image, const SquashfsSuper& super);

}  // namespace dunlin
