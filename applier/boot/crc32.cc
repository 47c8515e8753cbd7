#include "applier/boot/crc32.h"

#include <array>

namespace dunlin {

namespace {

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0xEDB88320u : 0);
    table[byte] = value;
  }
  return table;
}

constexpr std::array<std::uint32_t, 256> crc_table = make_crc_table();

}  // namespace

std::uint32_t crc32(ByteView bytes) {
  std::uint32_t value = 0xFFFFFFFFu;
  for (std::uint8_t byte : bytes) value = (value >> 8) ^ crc_table[(value ^ byte) & 0xFF];
  return ~value;
}

}  // namespace dunlin
