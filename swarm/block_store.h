#pragma once
#include <cstdint>

#include "core/base/bytes.h"

namespace dunlin {

// Where the bytes of one torrent live. Calls come one at a time, from any thread.
class BlockStore {
 public:
  virtual ~BlockStore() = default;
  // Bytes of content; reads and writes stay inside.
  virtual std::uint64_t size() const = 0;
  // Fills `out` or fails (device). Bytes never written read as zeros.
  virtual Result<void> read(std::uint64_t offset, ByteSpan out) = 0;
  virtual Result<void> write(std::uint64_t offset, ByteView bytes) = 0;
  // Returns after everything written is on the medium.
  virtual Result<void> sync() = 0;
};

}  // namespace dunlin
