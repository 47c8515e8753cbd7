#include "core/expand/squashfs_metadata.h"

namespace dunlin {

namespace {

constexpr std::uint64_t header_size = 2;
constexpr std::uint16_t uncompressed_flag = 0x8000;
constexpr std::size_t pointer_size = 8;

}  // namespace

Result<SquashfsMetadata::Block> SquashfsMetadata::read_block(std::uint64_t begin, std::uint64_t end) {
  if (begin > end || end - begin < header_size) return Block{};
  std::array<std::uint8_t, header_size> header{};
  Result<void> read = image_.read(begin, header);
  if (!read) return fail(std::move(read.error()));
  const std::uint16_t word = ByteReader(header).u16();
  const std::uint16_t length = word & static_cast<std::uint16_t>(~uncompressed_flag);
  if (length == 0 || length > squashfs_metadata_size || length > end - begin - header_size) return Block{};
  Block block{.length = header_size + length, .plain = Bytes(length)};
  read = image_.read(begin + header_size, block.plain);
  if (!read) return fail(std::move(read.error()));
  if ((word & uncompressed_flag) != 0) return block;
  Bytes plain(squashfs_metadata_size);
  const Result<std::size_t> held = codec_.decode(block.plain, plain);
  if (!held || *held == 0) return Block{};
  plain.resize(*held);
  block.plain = std::move(plain);
  found_.push_back({.packed_begin = begin + header_size,
                    .packed_length = length,
                    .plain_length = *held,
                    .packing = packing_});
  return block;
}

Result<Bytes> SquashfsMetadata::read(std::uint64_t begin, std::uint64_t end) {
  Bytes plain;
  while (begin < end && plain.size() < squashfs_table_max) {
    Result<Block> block = read_block(begin, end);
    if (!block) return fail(std::move(block.error()));
    if (block->length == 0) break;
    plain.insert(plain.end(), block->plain.begin(), block->plain.end());
    begin += block->length;
  }
  return plain;
}

Result<Bytes> SquashfsMetadata::read_indexed(std::uint64_t index, std::uint64_t length, std::uint64_t end) {
  Bytes plain;
  const std::uint64_t count = (length + squashfs_metadata_size - 1) / squashfs_metadata_size;
  if (length > squashfs_table_max || index > end || count > (end - index) / pointer_size) return plain;
  Bytes pointers(static_cast<std::size_t>(count * pointer_size));
  Result<void> read = image_.read(index, pointers);
  if (!read) return fail(std::move(read.error()));
  ByteReader reader(pointers);
  for (std::uint64_t i = 0; i < count; ++i) {
    Result<Block> block = read_block(reader.u64(), end);
    if (!block) return fail(std::move(block.error()));
    if (block->length == 0) break;
    plain.insert(plain.end(), block->plain.begin(), block->plain.end());
  }
  return plain;
}

}  // namespace dunlin
