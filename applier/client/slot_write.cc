#include "applier/client/slot_write.h"

#include <limits>

#include "core/base/check.h"

namespace dunlin {

namespace {

constexpr char slot_write_mark = 'W';

}  // namespace

std::string encode_slot_write(std::uint64_t offset, ByteView bytes) {
  CHECK(!bytes.empty() && bytes.size() <= slot_write_size_max);
  ByteWriter writer;
  writer.u8(static_cast<std::uint8_t>(slot_write_mark));
  writer.u64(offset);
  writer.bytes(bytes);
  return std::string(as_text(writer.written()));
}

bool is_slot_write(std::string_view message) {
  return message.starts_with(slot_write_mark);
}

Result<SlotWrite> parse_slot_write(std::string_view message) {
  ByteReader reader(as_bytes(message));
  (void)reader.u8();
  SlotWrite write;
  write.offset = reader.u64();
  write.bytes = reader.bytes(reader.remaining());
  if (!reader.ok() || !is_slot_write(message))
    return fail(ErrorKind::bad_peer, "slot write on the applier socket: cut off");
  if (write.bytes.empty() || write.bytes.size() > slot_write_size_max)
    return fail(ErrorKind::bad_peer,
                "slot write on the applier socket: " + std::to_string(write.bytes.size()) +
                    " bytes, not 1 to " + std::to_string(slot_write_size_max));
  if (write.offset > std::numeric_limits<std::uint64_t>::max() - write.bytes.size())
    return fail(ErrorKind::bad_peer, "slot write on the applier socket: it ends beyond 64 bits");
  return write;
}

}  // namespace dunlin
