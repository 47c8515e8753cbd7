#pragma once
// Bytes made from seeds, and sources of them, for tests of everything that reads images.
#include <cstring>
#include <map>
#include <vector>

#include "core/base/byte_source.h"
#include "core/base/random.h"

namespace dunlin {

inline Bytes random_bytes(std::size_t size, std::uint64_t seed) {
  Bytes bytes(size);
  SeededRandom(seed).fill(bytes);
  return bytes;
}

// Bytes with some order in them, like text or code: compressible, but not repeating.
inline Bytes wordy_bytes(std::size_t size, std::uint64_t seed) {
  SeededRandom random(seed);
  std::vector<Bytes> words;
  for (int i = 0; i < 200; ++i) {
    words.emplace_back(3 + random.below(9));
    random.fill(words.back());
  }
  Bytes bytes;
  bytes.reserve(size + 16);
  while (bytes.size() < size) {
    const Bytes& word = words[random.below(words.size())];
    bytes.insert(bytes.end(), word.begin(), word.end());
  }
  bytes.resize(size);
  return bytes;
}

inline Bytes slice(const Bytes& bytes, std::size_t begin, std::size_t end) {
  return Bytes(bytes.begin() + static_cast<std::ptrdiff_t>(begin),
               bytes.begin() + static_cast<std::ptrdiff_t>(end));
}

inline Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

// Zeros of any size with pieces of data in them; costs memory for the pieces only.
class SparseSource final : public ByteSource {
 public:
  SparseSource(std::uint64_t size, std::map<std::uint64_t, Bytes> pieces)
      : size_(size), pieces_(std::move(pieces)) {}
  std::uint64_t size() const override { return size_; }
  Result<void> read(std::uint64_t offset, ByteSpan out) const override {
    if (offset > size_ || out.size() > size_ - offset) return fail(ErrorKind::bad_image, "outside the image");
    std::memset(out.data(), 0, out.size());
    for (const auto& [begin, piece] : pieces_) {
      const std::uint64_t from = std::max(begin, offset);
      const std::uint64_t to = std::min(begin + piece.size(), offset + out.size());
      if (from >= to) continue;
      std::copy_n(piece.begin() + static_cast<std::ptrdiff_t>(from - begin), to - from,
                  out.begin() + static_cast<std::ptrdiff_t>(from - offset));
    }
    return {};
  }

 private:
  std::uint64_t size_;
  std::map<std::uint64_t, Bytes> pieces_;
};

// Fails every read that touches a byte from `bad` on.
class BrokenSource final : public ByteSource {
 public:
  BrokenSource(Bytes bytes, std::uint64_t bad) : bytes_(std::move(bytes)), bad_(bad) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<void> read(std::uint64_t offset, ByteSpan out) const override {
    if (offset + out.size() > bad_) return fail(ErrorKind::device, "input/output error");
    return bytes_.read(offset, out);
  }

 private:
  MemorySource bytes_;
  std::uint64_t bad_;
};

}  // namespace dunlin
