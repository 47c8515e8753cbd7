#include "core/encode/segment_choice.h"

namespace dunlin {

namespace {

void write_choice(ByteWriter& writer, const SegmentChoice& choice) {
  writer.u8(static_cast<std::uint8_t>((choice.try_difference ? 1 : 0) | (choice.try_plain ? 2 : 0)));
  writer.varint(choice.ops.size());
  for (const DifferenceOp& op : choice.ops) {
    writer.varint(op.base_offset);
    writer.varint(op.copy_length);
    writer.varint(op.literal_length);
  }
  writer.varint(choice.ranges.size());
  for (const BaseRange& range : choice.ranges) {
    writer.varint(range.offset);
    writer.varint(range.length);
  }
}

SegmentChoice read_choice(ByteReader& reader) {
  SegmentChoice choice;
  const std::uint8_t flags = reader.u8();
  choice.try_difference = (flags & 1) != 0;
  choice.try_plain = (flags & 2) != 0;
  for (std::uint64_t left = reader.varint(); left > 0 && reader.ok(); --left) {
    DifferenceOp op;
    op.base_offset = reader.varint();
    op.copy_length = static_cast<std::uint32_t>(reader.varint());
    op.literal_length = static_cast<std::uint32_t>(reader.varint());
    choice.ops.push_back(op);
  }
  for (std::uint64_t left = reader.varint(); left > 0 && reader.ok(); --left) {
    BaseRange range;
    range.offset = reader.varint();
    range.length = static_cast<std::uint32_t>(reader.varint());
    choice.ranges.push_back(range);
  }
  return choice;
}

}  // namespace

Bytes to_bytes(const std::vector<SegmentChoice>& choices) {
  ByteWriter writer;
  writer.varint(choices.size());
  for (const SegmentChoice& choice : choices) write_choice(writer, choice);
  return writer.take();
}

Result<std::vector<SegmentChoice>> parse_choices(ByteView bytes) {
  ByteReader reader(bytes);
  std::vector<SegmentChoice> choices;
  for (std::uint64_t left = reader.varint(); left > 0 && reader.ok(); --left)
    choices.push_back(read_choice(reader));
  if (!reader.ok() || !reader.at_end()) return fail(ErrorKind::bad_image, "kept choices are damaged");
  return choices;
}

}  // namespace dunlin
