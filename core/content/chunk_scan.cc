#include "core/content/chunk_scan.h"

namespace dunlin {

ChunkScan::ChunkScan(LocalImage image, const ByteSource& source, ChunkInventory& inventory)
    : image_(image),
      inventory_(inventory),
      chunker_(source, inventory.wanted().options()),
      size_(source.size()) {}

Result<void> ChunkScan::advance(std::uint64_t size) {
  const std::uint64_t end = position_ + size;
  while (!done_ && position_ < end) {
    Result<std::optional<Chunk>> chunk = chunker_.next();
    done_ = !chunk || !chunk->has_value();
    if (!chunk) return fail(std::move(chunk.error()), "looking for known content");
    if (done_) break;
    inventory_.note(image_, **chunk);
    position_ = (*chunk)->offset + (*chunk)->length;
  }
  return {};
}

}  // namespace dunlin
