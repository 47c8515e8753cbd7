#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace dunlin {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;  // borrowed; never stored beyond the call
using ByteSpan = std::span<std::uint8_t>;        // borrowed, writable

ByteView as_bytes(std::string_view text);
std::string_view as_text(ByteView bytes);
Bytes to_bytes(std::string_view text);

// Lower-case hexadecimal. from_hex accepts either case and refuses odd lengths and other characters (usage).
std::string to_hex(ByteView bytes);
Result<Bytes> from_hex(std::string_view text);

// Reads little-endian values from untrusted bytes. A read past the end returns zeros (or an empty view) and
// makes ok() false for good, so a parser reads a whole structure and asks once; it never reads outside the
// view.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : bytes_(bytes) {}

  std::uint8_t u8();
  std::uint16_t u16();
  std::uint32_t u32();
  std::uint64_t u64();
  // Unsigned LEB128, at most ten bytes; an over-long or overflowing one makes ok() false.
  std::uint64_t varint();
  ByteView bytes(std::size_t count);

  bool ok() const { return ok_; }
  bool at_end() const { return position_ == bytes_.size(); }
  std::size_t position() const { return position_; }
  std::size_t remaining() const { return bytes_.size() - position_; }

 private:
  std::uint64_t little_endian(std::size_t count);

  ByteView bytes_;
  std::size_t position_ = 0;
  bool ok_ = true;
};

// Appends little-endian values; the exact opposite of ByteReader.
class ByteWriter {
 public:
  void u8(std::uint8_t value);
  void u16(std::uint16_t value);
  void u32(std::uint32_t value);
  void u64(std::uint64_t value);
  void varint(std::uint64_t value);
  void bytes(ByteView value);

  const Bytes& written() const { return written_; }
  Bytes take() { return std::move(written_); }

 private:
  void little_endian(std::uint64_t value, std::size_t count);

  Bytes written_;
};

// True when every byte is zero.
bool all_zero(ByteView bytes);

}  // namespace dunlin
