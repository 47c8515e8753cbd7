#pragma once
#include "core/content/chunk_inventory.h"

namespace dunlin {

// One pass over a local image that fills an inventory, a part at a time: whoever drives it can show how far
// it is, and stop between two parts. Holds what a Chunker holds.
class ChunkScan {
 public:
  // Source and inventory outlive the scan.
  ChunkScan(LocalImage image, const ByteSource& source, ChunkInventory& inventory);

  // Reads and hashes about `size` bytes more. Fails as ByteSource::read does: then it is done, and what was
  // found stays.
  Result<void> advance(std::uint64_t size);
  bool is_done() const { return done_; }
  // Bytes of the image that are in the inventory.
  std::uint64_t position() const { return position_; }
  std::uint64_t size() const { return size_; }

 private:
  LocalImage image_;
  ChunkInventory& inventory_;
  Chunker chunker_;
  std::uint64_t size_;
  std::uint64_t position_ = 0;
  bool done_ = false;
};

}  // namespace dunlin
