#pragma once
#include <optional>

#include "core/base/byte_source.h"

namespace dunlin {

// What the start of an erofs image says about the rest (Linux: Documentation/filesystems/erofs.rst).
struct ErofsSuperblock {
  std::uint64_t inodes_offset = 0;  // of inode 0; each further one 32 bytes on
  std::uint64_t root = 0;
  std::uint32_t cluster_size = 0;  // largest packed cluster, as far as it is stated: else one block
};

// Nothing: no erofs image, or one of a make that this program leaves closed (blocks that are not 4 KiB,
// features it does not know, packed blocks that do not stand at the end of their clusters). Fails as
// ByteSource::read does.
Result<std::optional<ErofsSuperblock>> read_erofs_superblock(const ByteSource& image);

inline constexpr std::uint64_t erofs_inode_slot = 32;

}  // namespace dunlin
