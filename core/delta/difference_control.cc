#include "core/delta/difference_control.h"

#include <algorithm>

namespace dunlin {

namespace {

constexpr std::uint64_t op_bytes_max = 5 + 5 + 10;  // three varints

std::uint64_t zigzag(std::uint64_t difference) {
  return (difference << 1) ^ (0 - (difference >> 63));
}

std::uint64_t unzigzag(std::uint64_t value) {
  return (value >> 1) ^ (0 - (value & 1));
}

Result<void> check_lengths(const DifferenceOps& ops, std::uint64_t size) {
  std::uint64_t total = 0;
  for (const DifferenceOp& op : ops) {
    if (op.copy_length == 0 && op.literal_length == 0)
      return fail(ErrorKind::bad_image, "a difference frame has a step without bytes");
    total += std::uint64_t{op.copy_length} + op.literal_length;
  }
  if (total == size) return {};
  return fail(ErrorKind::bad_image, "a difference frame rebuilds " + std::to_string(total) +
                                        " bytes, not the declared " + std::to_string(size));
}

bool read_length(ByteReader& reader, std::uint64_t size, std::uint32_t& length) {
  const std::uint64_t value = reader.varint();
  length = static_cast<std::uint32_t>(value);
  return reader.ok() && value <= size;
}

bool read_offsets(ByteReader& reader, std::uint64_t expected, std::uint64_t base_size, DifferenceOps& ops) {
  for (DifferenceOp& op : ops) {
    if (op.copy_length == 0) continue;
    op.base_offset = expected + unzigzag(reader.varint());
    if (!reader.ok() || op.base_offset > base_size || op.copy_length > base_size - op.base_offset)
      return false;
    expected = op.base_offset + op.copy_length;
  }
  return true;
}

}  // namespace

std::uint64_t difference_control_max(std::uint64_t size) {
  return 10 + op_bytes_max * std::min<std::uint64_t>(size, difference_op_count_max);
}

Bytes write_difference_control(const DifferenceOps& ops, std::uint64_t expected) {
  ByteWriter writer;
  writer.varint(ops.size());
  for (const DifferenceOp& op : ops) writer.varint(op.copy_length);
  for (const DifferenceOp& op : ops) writer.varint(op.literal_length);
  for (const DifferenceOp& op : ops) {
    if (op.copy_length == 0) continue;
    writer.varint(zigzag(op.base_offset - expected));
    expected = op.base_offset + op.copy_length;
  }
  return writer.take();
}

Result<DifferenceOps> read_difference_control(ByteView control, std::uint64_t expected, std::uint64_t size,
                                              std::uint64_t base_size) {
  ByteReader reader(control);
  const std::uint64_t count = reader.varint();
  if (!reader.ok() || count > std::min<std::uint64_t>(size, difference_op_count_max))
    return fail(ErrorKind::bad_image, "a difference frame with too many steps");
  DifferenceOps ops(count);
  bool good = true;
  for (DifferenceOp& op : ops) good = good && read_length(reader, size, op.copy_length);
  for (DifferenceOp& op : ops) good = good && read_length(reader, size, op.literal_length);
  if (!good) return fail(ErrorKind::bad_image, "a difference frame's steps are damaged");
  Result<void> lengths = check_lengths(ops, size);
  if (!lengths) return fail(std::move(lengths.error()));
  if (!read_offsets(reader, expected, base_size, ops))
    return fail(ErrorKind::bad_image, "a difference frame copies from outside the base");
  if (!reader.at_end()) return fail(ErrorKind::bad_image, "bytes follow a difference frame's steps");
  return ops;
}

}  // namespace dunlin
