#include "core/expand/squashfs_inodes.h"

namespace dunlin {

namespace {

constexpr std::uint32_t block_uncompressed = 1u << 24;
constexpr std::uint32_t block_length_mask = block_uncompressed - 1;
constexpr std::uint32_t no_fragment = 0xFFFFFFFF;
constexpr std::size_t fragment_entry_size = 16;

enum class InodeType : std::uint16_t {
  directory = 1,
  file,
  symlink,
  block_device,
  character_device,
  fifo,
  socket,
  long_directory,
  long_file,
  long_symlink,
  long_block_device,
  long_character_device,
  long_fifo,
  long_socket,
};

class InodeReader {
 public:
  InodeReader(ByteView inodes, const SquashfsSuper& super) : reader_(inodes), block_size_(super.block_size) {}

  bool next() {
    const InodeType type{reader_.u16()};
    reader_.bytes(14);  // mode, owner, group, time, number
    if (!skip_body(type)) return false;
    return reader_.ok();
  }

  std::vector<SquashfsBlock> take() { return std::move(blocks_); }

 private:
  bool skip_body(InodeType type) {
    switch (type) {
      case InodeType::directory:
        reader_.bytes(16);
        return true;
      case InodeType::file:
        return file(reader_.u32());
      case InodeType::long_file:
        return long_file();
      case InodeType::symlink:
      case InodeType::long_symlink:
        reader_.u32();
        reader_.bytes(reader_.u32());
        if (type == InodeType::long_symlink) reader_.u32();
        return true;
      case InodeType::block_device:
      case InodeType::character_device:
        reader_.bytes(8);
        return true;
      case InodeType::fifo:
      case InodeType::socket:
        reader_.bytes(4);
        return true;
      case InodeType::long_block_device:
      case InodeType::long_character_device:
        reader_.bytes(12);
        return true;
      case InodeType::long_fifo:
      case InodeType::long_socket:
        reader_.bytes(8);
        return true;
      case InodeType::long_directory:
        return long_directory();
    }
    return false;
  }

  bool long_directory() {
    reader_.bytes(16);  // links, size, block, parent
    const std::uint16_t index_count = reader_.u16();
    reader_.bytes(6);  // offset, attributes
    for (std::uint32_t i = 0; i < index_count && reader_.ok(); ++i) {
      reader_.bytes(8);
      reader_.bytes(std::size_t{reader_.u32()} + 1);
    }
    return true;
  }

  bool file(std::uint64_t begin) {
    const std::uint32_t fragment = reader_.u32();
    reader_.u32();  // offset in the fragment
    const std::uint64_t size = reader_.u32();
    return block_list(begin, size, fragment != no_fragment);
  }

  bool long_file() {
    const std::uint64_t begin = reader_.u64();
    const std::uint64_t size = reader_.u64();
    reader_.bytes(12);  // sparse bytes, links
    const std::uint32_t fragment = reader_.u32();
    reader_.bytes(8);  // offset in the fragment, attributes
    return block_list(begin, size, fragment != no_fragment);
  }

  bool block_list(std::uint64_t begin, std::uint64_t size, bool ends_in_fragment) {
    std::uint64_t count = size / block_size_;
    if (!ends_in_fragment && size % block_size_ != 0) ++count;
    if (count > reader_.remaining() / 4) return false;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint32_t word = reader_.u32();
      const std::uint32_t length = word & block_length_mask;
      const std::uint64_t held = std::min<std::uint64_t>(block_size_, size - i * block_size_);
      if (length > 0 && (word & block_uncompressed) == 0)
        blocks_.push_back(
            {.begin = begin, .packed_length = length, .plain_length = static_cast<std::uint32_t>(held)});
      begin += length;
    }
    return true;
  }

  ByteReader reader_;
  std::uint32_t block_size_;
  std::vector<SquashfsBlock> blocks_;
};

}  // namespace

std::vector<SquashfsBlock> squashfs_file_blocks(ByteView inodes, const SquashfsSuper& super) {
  InodeReader reader(inodes, super);
  for (std::uint32_t i = 0; i < super.inode_count && reader.next(); ++i) {
  }
  return reader.take();
}

std::vector<SquashfsBlock> squashfs_fragment_blocks(ByteView fragments) {
  std::vector<SquashfsBlock> blocks;
  ByteReader reader(fragments);
  while (reader.remaining() >= fragment_entry_size) {
    const std::uint64_t begin = reader.u64();
    const std::uint32_t word = reader.u32();
    reader.u32();  // unused
    if ((word & block_length_mask) > 0 && (word & block_uncompressed) == 0)
      blocks.push_back({.begin = begin, .packed_length = word & block_length_mask, .plain_length = 0});
  }
  return blocks;
}

}  // namespace dunlin
