#pragma once
#include "core/expand/erofs_superblock.h"

namespace dunlin {

enum class ErofsInodeType : std::uint8_t { file, directory, other };

enum class ErofsDataLayout : std::uint8_t {
  plain = 0,        // blocks
  full_index = 1,   // packed, 8 bytes for each block of the file
  inline_tail = 2,  // blocks, and the rest behind the inode
  short_index = 3,  // packed, 2 or 4 bytes for each block of the file
  other = 4,
};

struct ErofsInode {
  ErofsInodeType type = ErofsInodeType::other;
  ErofsDataLayout layout = ErofsDataLayout::other;
  std::uint64_t size = 0;
  std::uint64_t data_block = 0;  // of plain and inline_tail
  std::uint64_t end_offset = 0;  // in the image, behind the inode and its extended attributes
};

// Nothing: outside the image, or no inode. Fails as ByteSource::read does.
Result<std::optional<ErofsInode>> read_erofs_inode(const ByteSource& image, const ErofsSuperblock& superblock,
                                                   std::uint64_t number);

}  // namespace dunlin
