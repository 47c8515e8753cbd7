#include "core/base/bytes.h"

#include <algorithm>
#include <cstring>

namespace dunlin {

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Bytes to_bytes(std::string_view text) {
  ByteView view = as_bytes(text);
  return Bytes(view.begin(), view.end());
}

std::string to_hex(ByteView bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (std::uint8_t byte : bytes) {
    text.push_back(digits[byte >> 4]);
    text.push_back(digits[byte & 15]);
  }
  return text;
}

Result<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return fail(ErrorKind::usage, "hexadecimal text has an odd number of digits");
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    int high = hex_value(text[i]);
    int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return fail(ErrorKind::usage, "not a hexadecimal digit");
    bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
  return bytes;
}

std::uint64_t ByteReader::little_endian(std::size_t count) {
  ByteView view = bytes(count);
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < view.size(); ++i) value |= std::uint64_t{view[i]} << (8 * i);
  return value;
}

std::uint8_t ByteReader::u8() {
  return static_cast<std::uint8_t>(little_endian(1));
}
std::uint16_t ByteReader::u16() {
  return static_cast<std::uint16_t>(little_endian(2));
}
std::uint32_t ByteReader::u32() {
  return static_cast<std::uint32_t>(little_endian(4));
}
std::uint64_t ByteReader::u64() {
  return little_endian(8);
}

std::uint64_t ByteReader::varint() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 70; shift += 7) {
    std::uint8_t byte = u8();
    if (!ok_) return 0;
    if (shift == 63 && byte > 1) break;
    value |= std::uint64_t{byte & 0x7Fu} << shift;
    if ((byte & 0x80u) == 0) return value;
  }
  ok_ = false;
  return 0;
}

ByteView ByteReader::bytes(std::size_t count) {
  if (!ok_ || count > remaining()) {
    ok_ = false;
    return {};
  }
  ByteView view = bytes_.subspan(position_, count);
  position_ += count;
  return view;
}

void ByteWriter::little_endian(std::uint64_t value, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) written_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void ByteWriter::u8(std::uint8_t value) {
  written_.push_back(value);
}
void ByteWriter::u16(std::uint16_t value) {
  little_endian(value, 2);
}
void ByteWriter::u32(std::uint32_t value) {
  little_endian(value, 4);
}
void ByteWriter::u64(std::uint64_t value) {
  little_endian(value, 8);
}

void ByteWriter::varint(std::uint64_t value) {
  while (value >= 0x80) {
    written_.push_back(static_cast<std::uint8_t>(value | 0x80u));
    value >>= 7;
  }
  written_.push_back(static_cast<std::uint8_t>(value));
}

void ByteWriter::bytes(ByteView value) {
  written_.insert(written_.end(), value.begin(), value.end());
}

bool all_zero(ByteView bytes) {
  // Comparing the range with itself shifted by one byte lets memcmp's vector code do the work.
  if (bytes.empty()) return true;
  return bytes[0] == 0 && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

}  // namespace dunlin
