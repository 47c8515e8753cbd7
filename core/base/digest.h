#pragma once
#include <array>
#include <compare>
#include <memory>

#include "core/base/bytes.h"

namespace dunlin {

// A SHA-256 value (FIPS 180-4): the name of an image, a chunk, a pack, a segment's content.
struct Digest {
  std::array<std::uint8_t, 32> bytes{};

  std::string hex() const { return to_hex(bytes); }
  static Result<Digest> from_hex(std::string_view text);  // exactly 64 digits, else usage
  static Digest from_bytes(std::span<const std::uint8_t, 32> value);
  auto operator<=>(const Digest&) const = default;
};

Digest sha256(ByteView bytes);
std::array<std::uint8_t, 64> sha512(ByteView bytes);

// SHA-256 of bytes that arrive in parts. finish() may be called once; add() never after it.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void add(ByteView bytes);
  Digest finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace dunlin

template <>
struct std::hash<dunlin::Digest> {
  std::size_t operator()(const dunlin::Digest& digest) const noexcept;
};
