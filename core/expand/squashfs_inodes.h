#pragma once
#include <functional>

#include "core/base/bytes.h"
#include "core/expand/squashfs_super.h"

namespace dunlin {

// A data block that an inode or the fragment table names.
struct SquashfsBlock {
  std::uint64_t begin = 0;
  std::uint32_t packed_length = 0;
  std::uint32_t plain_length = 0;  // 0: not told (fragments); at most the image's block size
  bool operator==(const SquashfsBlock&) const = default;
};

// The compressed data blocks of all regular files in a decoded inode table, in its order; up to the first
// inode that makes no sense. At most one for four bytes of the table.
std::vector<SquashfsBlock> squashfs_file_blocks(ByteView inodes, const SquashfsSuper& super);

// The compressed blocks in a decoded fragment table.
std::vector<SquashfsBlock> squashfs_fragment_blocks(ByteView fragments);

}  // namespace dunlin
