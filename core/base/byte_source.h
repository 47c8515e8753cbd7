#pragma once
#include <cstdint>
#include <mutex>

#include "core/base/byte_range.h"
#include "core/base/digest.h"
#include "core/base/disk.h"

namespace dunlin {

// Random access to immutable bytes: an image in a slot, a pack on disk, a test's vector.
// Safe to call from several threads at once.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::uint64_t size() const = 0;
  // Fills `out` completely; a range outside [0, size()) fails with bad_image, a failed read with device.
  virtual Result<void> read(std::uint64_t offset, ByteSpan out) const = 0;
};

// The first `size` bytes of an open file or block device; the file must outlive it.
class FileSource final : public ByteSource {
 public:
  FileSource(File& file, std::uint64_t size) : file_(file), size_(size) {}
  std::uint64_t size() const override { return size_; }
  Result<void> read(std::uint64_t offset, ByteSpan out) const override;

 private:
  File& file_;
  std::uint64_t size_;
  mutable std::mutex mutex_;  // a File belongs to one thread at a time, a ByteSource does not
};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(Bytes bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<void> read(std::uint64_t offset, ByteSpan out) const override;

 private:
  Bytes bytes_;
};

// SHA-256 of all bytes, or of a range, read in bounded pieces.
Result<Digest> digest_of(const ByteSource& source);
Result<Digest> digest_of(const ByteSource& source, const ByteRange& range);

}  // namespace dunlin
