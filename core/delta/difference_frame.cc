#include "core/delta/difference_frame.h"

#include <algorithm>

#include "core/delta/difference_coder.h"
#include "core/delta/difference_control.h"
#include "core/delta/forward_read.h"
#include "core/delta/packed_stream.h"

namespace dunlin {

namespace {

Result<void> copy_base(const DifferenceOps& ops, const ByteSource& base, ByteSpan out) {
  std::vector<WantedCopy> copies;
  copies.reserve(ops.size());
  std::size_t position = 0;
  for (const DifferenceOp& op : ops) {
    if (op.copy_length > 0) copies.push_back({op.base_offset, op.copy_length, position});
    position += op.copy_length + op.literal_length;
  }
  Result<void> read = read_forward(base, std::move(copies), out);
  if (!read) return fail(std::move(read.error()), "reading the base");
  return {};
}

Bytes literals_of(ByteView target, const DifferenceOps& ops) {
  Bytes literals;
  std::size_t position = 0;
  for (const DifferenceOp& op : ops) {
    const ByteView run = target.subspan(position + op.copy_length, op.literal_length);
    literals.insert(literals.end(), run.begin(), run.end());
    position += op.copy_length + op.literal_length;
  }
  return literals;
}

std::uint64_t copied_by(const DifferenceOps& ops) {
  std::uint64_t copied = 0;
  for (const DifferenceOp& op : ops) copied += op.copy_length;
  return copied;
}

Result<void> place_literals(ByteReader& reader, const DifferenceOps& ops, ByteSpan out) {
  const std::uint64_t size = out.size() - copied_by(ops);
  Result<Bytes> literals = read_packed_stream(reader, size);
  if (!literals) return fail(std::move(literals.error()), "literals");
  if (literals->size() != size) return fail(ErrorKind::bad_image, "a difference frame lacks literals");
  auto from = literals->begin();
  std::size_t position = 0;
  for (const DifferenceOp& op : ops) {
    std::copy_n(from, op.literal_length,
                out.begin() + static_cast<std::ptrdiff_t>(position + op.copy_length));
    from += op.literal_length;
    position += op.copy_length + op.literal_length;
  }
  return {};
}

// Range-coded bytes are as short as they get: no codec, only their length.
void write_coded(ByteWriter& writer, ByteView coded) {
  writer.varint(coded.size());
  writer.bytes(coded);
}

ByteView read_coded(ByteReader& reader) {
  const std::uint64_t size = reader.varint();
  return reader.bytes(std::min<std::uint64_t>(size, reader.remaining() + 1));
}

Result<void> place_differences(ByteReader& reader, const DifferenceOps& ops, ByteSpan out) {
  const ByteView places = read_coded(reader);
  const ByteView changes = read_coded(reader);
  if (!reader.ok()) return fail(ErrorKind::bad_image, "a difference frame is cut short");
  return decode_differences({places, changes}, ops, out);
}

}  // namespace

Result<Bytes> write_difference_frame(ByteView target, const DifferenceOps& ops, const ByteSource& base,
                                     std::uint64_t expected, int level) {
  Bytes copied(target.begin(), target.end());
  Result<void> filled = copy_base(ops, base, copied);
  if (!filled) return fail(std::move(filled.error()));
  ByteWriter frame;
  write_coded(frame, write_difference_control(ops, expected));
  Result<void> written = write_packed_stream(frame, literals_of(target, ops), level);
  if (!written) return fail(std::move(written.error()));
  const CodedDifferences differences = code_differences(target, ops, copied);
  write_coded(frame, differences.places);
  write_coded(frame, differences.changes);
  return frame.take();
}

Result<void> apply_difference_frame(ByteView frame, const ByteSource& base, std::uint64_t expected,
                                    ByteSpan out) {
  ByteReader reader(frame);
  Result<DifferenceOps> ops = read_difference_control(read_coded(reader), expected, out.size(), base.size());
  if (!ops) return fail(std::move(ops.error()));
  Result<void> step = copy_base(*ops, base, out);
  if (step) step = place_literals(reader, *ops, out);
  if (step) step = place_differences(reader, *ops, out);
  if (!step) return step;
  if (!reader.at_end()) return fail(ErrorKind::bad_image, "bytes follow a difference frame");
  return {};
}

}  // namespace dunlin
