#pragma once
#include "core/content/image_index.h"

namespace dunlin {

// The images a device holds itself.
enum class LocalImage : std::uint8_t {
  booted,  // the slot that runs: its bytes stay
  spare,   // the slot that is being written, front to back: its bytes go
};

// Which chunks of a wanted image this device holds, and where. Of equal chunks one place is kept for each
// local image: in the booted slot the first, in the spare slot the last, which is overwritten last. Memory:
// 16 bytes for each chunk of the wanted image.
class ChunkInventory {
 public:
  // The index outlives the inventory.
  explicit ChunkInventory(const ImageIndex& wanted);

  // Remembers where this chunk lies, when the wanted image has it too. Chunks of an image come in order.
  void note(LocalImage image, const Chunk& chunk);
  // Where a chunk with these bytes begins in that image.
  std::optional<std::uint64_t> find(LocalImage image, const Digest& digest) const;

  const ImageIndex& wanted() const { return wanted_; }

 private:
  std::vector<std::uint64_t>& places(LocalImage image) {
    return image == LocalImage::booted ? booted_ : spare_;
  }

  const ImageIndex& wanted_;
  std::vector<std::uint64_t> booted_;  // by position in wanted_.chunks()
  std::vector<std::uint64_t> spare_;
};

}  // namespace dunlin
