#pragma once
#include <cstdint>

namespace dunlin {

// A run of bytes of a file or an image.
struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::uint64_t end() const { return offset + length; }
  bool operator==(const ByteRange&) const = default;
};

}  // namespace dunlin
