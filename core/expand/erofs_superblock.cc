#include "core/expand/erofs_superblock.h"

#include "core/expand/erofs_packing.h"

namespace dunlin {

namespace {

constexpr std::uint64_t superblock_offset = 1024;
constexpr std::size_t superblock_size = 128;
constexpr std::uint32_t erofs_magic = 0xE0F5E1E2;
constexpr std::uint8_t block_bits = 12;
constexpr std::uint32_t padding_in_front = 0x01;  // LZ4_0PADDING
constexpr std::uint32_t states_algorithms = 0x02;
constexpr std::uint32_t known_features = 0x7F;
constexpr std::uint16_t algorithm_lz4 = 0x01;

struct Fields {
  std::uint32_t magic = 0;
  std::uint8_t block_bits = 0;
  std::uint8_t extra_slots = 0;
  std::uint16_t root = 0;
  std::uint32_t inodes_block = 0;
  std::uint32_t features = 0;
  std::uint16_t algorithms = 0;
};

Fields parse_fields(ByteView bytes) {
  ByteReader reader(bytes);
  Fields fields;
  fields.magic = reader.u32();
  reader.bytes(8);
  fields.block_bits = reader.u8();
  fields.extra_slots = reader.u8();
  fields.root = reader.u16();
  reader.bytes(24);
  fields.inodes_block = reader.u32();
  reader.bytes(36);
  fields.features = reader.u32();
  fields.algorithms = reader.u16();
  return fields;
}

// Behind the superblock each algorithm has a length and its settings; lz4 comes first.
Result<std::uint32_t> stated_cluster_size(const ByteSource& image, const Fields& fields) {
  const std::uint64_t offset = superblock_offset + superblock_size + 16u * fields.extra_slots;
  if ((fields.features & states_algorithms) == 0 || (fields.algorithms & algorithm_lz4) == 0)
    return erofs_block_size;
  std::array<std::uint8_t, 6> bytes{};
  if (offset + bytes.size() > image.size()) return erofs_block_size;
  Result<void> read = image.read(offset, bytes);
  if (!read) return fail(std::move(read.error()));
  ByteReader reader(bytes);
  reader.bytes(4);
  const std::uint32_t size = reader.u16() * erofs_block_size;
  return size == 0 || size > erofs_cluster_size_max ? erofs_block_size : size;
}

}  // namespace

Result<std::optional<ErofsSuperblock>> read_erofs_superblock(const ByteSource& image) {
  if (image.size() < superblock_offset + superblock_size) return std::nullopt;
  std::array<std::uint8_t, superblock_size> bytes{};
  Result<void> read = image.read(superblock_offset, bytes);
  if (!read) return fail(std::move(read.error()));
  const Fields fields = parse_fields(bytes);
  const bool known = fields.magic == erofs_magic && fields.block_bits == block_bits &&
                     (fields.features & ~known_features) == 0 && (fields.features & padding_in_front) != 0;
  if (!known) return std::nullopt;
  Result<std::uint32_t> cluster_size = stated_cluster_size(image, fields);
  if (!cluster_size) return fail(std::move(cluster_size.error()));
  return ErofsSuperblock{std::uint64_t{fields.inodes_block} * erofs_block_size, fields.root, *cluster_size};
}

}  // namespace dunlin
