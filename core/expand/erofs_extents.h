#pragma once
#include "core/expand/erofs_inode.h"

namespace dunlin {

// A piece of a file and the cluster that holds it.
struct ErofsExtent {
  std::uint64_t plain_offset = 0;  // in the file
  std::uint64_t plain_length = 0;
  std::uint64_t block = 0;
  std::uint32_t block_count = 0;
  bool is_raw = false;
};

struct ErofsExtents {
  std::vector<ErofsExtent> extents;  // in file order, without gaps, from the file's start
  bool is_whole = false;             // they reach the file's end
};

// The map of a packed file; no extents when it has none, is not packed with lz4, or makes no sense. An extent
// that is kept behind the inode is left out. At most as many extents as the image has blocks.
// Fails as ByteSource::read does.
Result<ErofsExtents> read_erofs_extents(const ByteSource& image, const ErofsInode& file);

}  // namespace dunlin
