#pragma once
#include "core/base/digest.h"
#include "core/base/disk.h"

namespace dunlin {

// Writes segments into a slot, block by block, only where bytes differ (read-compare-write, 4 KiB blocks).
// Nothing is durable before sync(). One thread at a time.
class SlotWriter {
 public:
  explicit SlotWriter(File& slot) : slot_(slot) {}

  // Puts `bytes` at `offset`; blocks that already hold them are not written.
  Result<void> write(std::uint64_t offset, ByteView bytes);
  Result<void> sync() { return slot_.sync(); }

  std::uint64_t compared_bytes() const { return compared_bytes_; }
  std::uint64_t written_bytes() const { return written_bytes_; }

 private:
  Result<void> write_window(std::uint64_t offset, ByteView bytes);
  void look_ahead(std::uint64_t offset);
  void start_writing(std::uint64_t begin, std::uint64_t end);
  Result<void> write_run(std::uint64_t offset, ByteView bytes);

  File& slot_;
  Bytes present_;
  std::uint64_t next_offset_ = 0;   // where a write goes on from the one before
  std::uint64_t looked_until_ = 0;  // the device was told to read up to here
  std::uint64_t compared_bytes_ = 0;
  std::uint64_t written_bytes_ = 0;
};

}  // namespace dunlin
