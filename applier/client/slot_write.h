#pragma once
#include <string>

#include "core/base/bytes.h"

namespace dunlin {

// The one message that is not JSON: bytes for the slot that an install writes. A byte 'W', a u64 offset
// (little-endian), then 1 byte to 1 MiB of content. docs/applier-protocol.md.
inline constexpr std::size_t slot_write_size_max = 1u << 20;  // bytes of content

struct SlotWrite {
  std::uint64_t offset = 0;
  ByteView bytes;  // borrowed from the message
};

// `bytes` must be of 1 byte to slot_write_size_max.
std::string encode_slot_write(std::uint64_t offset, ByteView bytes);

// JSON never begins so.
bool is_slot_write(std::string_view message);
// Total. bad_peer: no offset, no content, too much of it, or an end beyond 64 bits.
Result<SlotWrite> parse_slot_write(std::string_view message);

}  // namespace dunlin
