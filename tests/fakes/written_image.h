#pragma once
#include <algorithm>
#include <cstring>

#include "core/content/assembler.h"

namespace dunlin {

// An image that is written while it is read, as a slot is.
class WrittenImage final : public ByteSource {
 public:
  WrittenImage() = default;
  explicit WrittenImage(Bytes given) : bytes(std::move(given)) {}
  std::uint64_t size() const override { return bytes.size(); }
  Result<void> read(std::uint64_t offset, ByteSpan out) const override {
    if (offset > bytes.size() || out.size() > bytes.size() - offset)
      return fail(ErrorKind::bad_image, "outside what was written");
    std::memcpy(out.data(), bytes.data() + offset, out.size());
    return {};
  }
  void write(std::uint64_t offset, ByteView in) {
    bytes.resize(std::max<std::size_t>(bytes.size(), offset + in.size()));
    std::memcpy(bytes.data() + offset, in.data(), in.size());
  }
  Bytes bytes;
};

// Segments [first, end) behind what `image` holds, as an installer decodes and writes them.
inline Result<void> write_segments(Assembler& assembler, std::size_t first, std::size_t end,
                                   WrittenImage& image) {
  for (std::size_t i = first; i < end; ++i) {
    assembler.use_written(image, image.bytes.size());
    Result<ByteView> bytes = assembler.decode(i);
    if (!bytes) return fail(std::move(bytes.error()));
    image.bytes.insert(image.bytes.end(), bytes->begin(), bytes->end());
  }
  return {};
}

}  // namespace dunlin
