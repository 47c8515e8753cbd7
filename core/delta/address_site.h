#pragma once
#include "core/base/bytes.h"

namespace dunlin {

// Little-endian fields, and where in a program's code one holds the distance to an address.

inline std::uint32_t load_field(ByteView bytes, std::size_t position, std::uint32_t width) {
  std::uint32_t value = 0;
  for (std::uint32_t i = 0; i < width; ++i) value |= std::uint32_t{bytes[position + i]} << (8 * i);
  return value;
}

inline void store_field(ByteSpan bytes, std::size_t position, std::uint32_t width, std::uint32_t value) {
  for (std::uint32_t i = 0; i < width; ++i) bytes[position + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

// The kinds of x86 instructions that end in the distance to an address, told by the bytes in front of it.
enum SiteKind : std::uint32_t {
  no_site = 0,
  call_site = 1,
  jump_site = 2,
  condition_site = 3,
  data_site = 4
};

inline SiteKind site_kind(ByteView bytes, std::size_t position) {
  if (position < 2) return no_site;
  const std::uint8_t last = bytes[position - 1];
  if (last == 0xe8) return call_site;
  if (last == 0xe9) return jump_site;
  const std::uint8_t before = bytes[position - 2];
  if ((last & 0xf0) == 0x80 && before == 0x0f) return condition_site;
  if ((last & 0xc7) == 0x05 && before >= 0x03) return data_site;
  return no_site;
}

// Programs are rarely larger than this: other bytes only look like a distance.
inline bool is_near(std::uint32_t distance) {
  return distance + 0x0200'0000u < 0x0400'0000u;
}

}  // namespace dunlin
