#include "core/expand/erofs_inode.h"

namespace dunlin {

namespace {

constexpr std::size_t compact_size = 32;
constexpr std::size_t extended_size = 64;
constexpr std::size_t attributes_header_size = 12;

ErofsInodeType type_of(std::uint16_t mode) {
  switch (mode & 0xF000u) {
    case 0x8000u:
      return ErofsInodeType::file;
    case 0x4000u:
      return ErofsInodeType::directory;
    default:
      return ErofsInodeType::other;
  }
}

std::uint64_t attributes_size(std::uint16_t count) {
  return count == 0 ? 0 : attributes_header_size + 4u * (count - 1u);
}

ErofsInode parse_inode(ByteView bytes, std::uint64_t offset) {
  ByteReader reader(bytes);
  const std::uint16_t format = reader.u16();
  const bool is_extended = (format & 1u) != 0;
  const std::uint64_t attributes = attributes_size(reader.u16());
  ErofsInode inode;
  inode.type = type_of(reader.u16());
  reader.u16();
  inode.layout = static_cast<ErofsDataLayout>(std::min((format >> 1u) & 7u, 4u));
  inode.size = is_extended ? reader.u64() : reader.u32();
  if (!is_extended) reader.u32();
  inode.data_block = reader.u32();
  inode.end_offset = offset + (is_extended ? extended_size : compact_size) + attributes;
  return inode;
}

}  // namespace

Result<std::optional<ErofsInode>> read_erofs_inode(const ByteSource& image, const ErofsSuperblock& superblock,
                                                   std::uint64_t number) {
  if (number >= image.size() / erofs_inode_slot) return std::nullopt;
  const std::uint64_t offset = superblock.inodes_offset + number * erofs_inode_slot;
  if (offset >= image.size() || image.size() - offset < compact_size) return std::nullopt;
  std::array<std::uint8_t, compact_size> bytes{};
  Result<void> read = image.read(offset, bytes);
  if (!read) return fail(std::move(read.error()));
  const ErofsInode inode = parse_inode(bytes, offset);
  if (inode.end_offset > image.size() || inode.size > image.size() * 256) return std::nullopt;
  return inode;
}

}  // namespace dunlin
