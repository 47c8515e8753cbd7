#include "core/expand/squashfs_super.h"

#include <bit>

namespace dunlin {

namespace {

constexpr std::uint32_t squashfs_magic = 0x73717368;
constexpr std::uint32_t block_size_min = 4u << 10;
constexpr std::uint32_t block_size_max_squashfs = 1u << 20;

bool makes_sense(const SquashfsSuper& super, std::uint64_t image_size) {
  const std::uint16_t compressor = static_cast<std::uint16_t>(super.compressor);
  return std::has_single_bit(super.block_size) && super.block_size >= block_size_min &&
         super.block_size <= block_size_max_squashfs && compressor >= 1 && compressor <= 6 &&
         super.bytes_used <= image_size && super.inode_table >= squashfs_super_size &&
         super.inode_table <= super.directory_table && super.directory_table <= super.bytes_used;
}

}  // namespace

Result<std::optional<SquashfsSuper>> read_squashfs_super(const ByteSource& image) {
  std::array<std::uint8_t, squashfs_super_size> bytes{};
  if (image.size() < bytes.size()) return std::nullopt;
  Result<void> read = image.read(0, bytes);
  if (!read) return fail(std::move(read.error()));
  ByteReader reader(bytes);
  SquashfsSuper super;
  const std::uint32_t magic = reader.u32();
  super.inode_count = reader.u32();
  reader.u32();  // when it was made
  super.block_size = reader.u32();
  super.fragment_count = reader.u32();
  super.compressor = SquashfsCompressor{reader.u16()};
  reader.u16();  // log2 of the block size
  super.flags = reader.u16();
  super.id_count = reader.u16();
  const std::uint16_t major = reader.u16();
  const std::uint16_t minor = reader.u16();
  reader.u64();  // the root inode
  super.bytes_used = reader.u64();
  super.id_table = reader.u64();
  super.xattr_table = reader.u64();
  super.inode_table = reader.u64();
  super.directory_table = reader.u64();
  super.fragment_table = reader.u64();
  super.export_table = reader.u64();
  if (magic != squashfs_magic || major != 4 || minor != 0 || !makes_sense(super, image.size()))
    return std::nullopt;
  return super;
}

}  // namespace dunlin
