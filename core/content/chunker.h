#pragma once
#include <optional>

#include "core/base/byte_source.h"
#include "core/content/zero_digest.h"

namespace dunlin {

// Chunk sizes in bytes. size_mean is a power of two; 64 <= size_min < size_mean < size_max <= 4 MiB.
struct ChunkerOptions {
  std::uint32_t size_min = 16u << 10;
  std::uint32_t size_mean = 64u << 10;
  std::uint32_t size_max = 256u << 10;
  auto operator<=>(const ChunkerOptions&) const = default;
};

// usage: says which rule of ChunkerOptions is broken.
Result<void> check(const ChunkerOptions& options);

// A piece of an image cut where its content says.
struct Chunk {
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
  Digest digest;  // SHA-256 of the bytes
  bool operator==(const Chunk&) const = default;
};

// Cuts a source into chunks, front to back, holding at most 1 MiB + size_max of it. The cut is FastCDC's
// (Xia et al., USENIX ATC 2016: gear hash, normalised chunking, skip to the minimum), except that zeros up to
// size_max are one chunk: an edit moves only the boundaries near it. The same bytes and options give the same
// chunks on every machine.
class Chunker {
 public:
  // The source must outlive the chunker. Options must pass check().
  Chunker(const ByteSource& source, const ChunkerOptions& options);

  // The next chunk, or nothing at the end. Fails as ByteSource::read does.
  Result<std::optional<Chunk>> next();
  // The bytes of the chunk that next() returned; valid until the following call.
  ByteView bytes() const { return current_; }
  bool is_zero() const { return zero_; }

 private:
  Result<void> fill();
  std::size_t cut(ByteView window) const;

  const ByteSource& source_;
  ChunkerOptions options_;
  std::uint64_t mask_before_mean_;
  std::uint64_t mask_after_mean_;
  Bytes buffer_;
  std::size_t begin_ = 0;  // of unused bytes in buffer_
  std::size_t end_ = 0;
  std::uint64_t offset_ = 0;  // in the source, of begin_
  ByteView current_;
  bool zero_ = false;
  ZeroDigests zero_digests_;
};

}  // namespace dunlin
