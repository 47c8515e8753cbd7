#pragma once
#include <optional>

#include "core/base/byte_source.h"

namespace dunlin {

// The first 96 bytes of a squashfs image, version 4.0 (Linux, fs/squashfs/squashfs_fs.h).

enum class SquashfsCompressor : std::uint16_t { gzip = 1, lzma = 2, lzo = 3, xz = 4, lz4 = 5, zstd = 6 };

struct SquashfsSuper {
  std::uint32_t inode_count = 0;
  std::uint32_t block_size = 0;  // 4 KiB to 1 MiB, a power of two
  std::uint32_t fragment_count = 0;
  SquashfsCompressor compressor{};
  std::uint16_t flags = 0;
  std::uint16_t id_count = 0;
  std::uint64_t bytes_used = 0;  // at most the image
  std::uint64_t id_table = 0;
  std::uint64_t xattr_table = 0;
  std::uint64_t inode_table = 0;
  std::uint64_t directory_table = 0;
  std::uint64_t fragment_table = 0;
  std::uint64_t export_table = 0;
  bool has_options() const { return (flags & 0x0400) != 0; }
};

inline constexpr std::size_t squashfs_super_size = 96;
inline constexpr std::uint64_t squashfs_no_table = ~std::uint64_t{0};

// Nothing when the image begins with no squashfs that makes sense. Fails as ByteSource::read does.
Result<std::optional<SquashfsSuper>> read_squashfs_super(const ByteSource& image);

}  // namespace dunlin
