#pragma once
// Images and packs for the tests of this folder: small, made from seeds, kept in memory.
#include <cstring>

#include "core/base/random.h"
#include "core/content/assembler.h"
#include "core/content/pack_encoder.h"
#include "tests/fakes/fake_disk.h"

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

struct EncodedPack {
  Bytes bytes;
  EncodeSummary summary;
};

// A low level by default: what is tested here does not depend on it.
inline EncodeOptions quick() {
  EncodeOptions options;
  options.level = 1;
  return options;
}

inline Result<EncodedPack> encode(const ByteSource& target, const ByteSource* base,
                                  const EncodeOptions& options = quick()) {
  FakeDisk disk;
  std::unique_ptr<File> file = std::move(*disk.open("/pack", OpenMode::replace));
  Result<EncodeSummary> summary = base == nullptr ? encode_full_pack(target, *file, options)
                                                  : encode_delta_pack(target, *base, *file, options);
  if (!summary) return fail(std::move(summary.error()));
  return EncodedPack{*disk.get("/pack"), *summary};
}

inline Bytes full_pack(const Bytes& target) {
  Result<EncodedPack> pack = encode(MemorySource(target), nullptr);
  EXPECT_TRUE(pack.has_value());
  return pack ? pack->bytes : Bytes();
}

inline Bytes delta_pack(const Bytes& target, const Bytes& base) {
  const MemorySource base_source(base);
  Result<EncodedPack> pack = encode(MemorySource(target), &base_source);
  EXPECT_TRUE(pack.has_value());
  return pack ? pack->bytes : Bytes();
}

// All segments in order, then the whole compared with the target's id, as an installer does.
inline Result<Bytes> decode(const ByteSource& pack, const ByteSource* base) {
  Result<PackTable> table = parse_pack_table(pack);
  if (!table) return fail(std::move(table.error()));
  Assembler assembler(*table, pack, base);
  Bytes image;
  for (std::size_t i = 0; i < table->segments.size(); ++i) {
    Result<ByteView> bytes = assembler.decode(i);
    if (!bytes) return fail(std::move(bytes.error()));
    image.insert(image.end(), bytes->begin(), bytes->end());
  }
  if (sha256(image) != table->target_id) return fail(ErrorKind::bad_image, "the whole image differs");
  return image;
}

inline Result<Bytes> decode(const Bytes& pack) {
  return decode(MemorySource(pack), nullptr);
}

inline Result<Bytes> decode(const Bytes& pack, const Bytes& base) {
  const MemorySource base_source(base);
  return decode(MemorySource(pack), &base_source);
}

}  // namespace dunlin
