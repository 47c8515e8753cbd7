#include "core/content/chunk_inventory.h"

#include <limits>

namespace dunlin {

namespace {

constexpr std::uint64_t nowhere = std::numeric_limits<std::uint64_t>::max();

}  // namespace

ChunkInventory::ChunkInventory(const ImageIndex& wanted)
    : wanted_(wanted), booted_(wanted.chunks().size(), nowhere), spare_(wanted.chunks().size(), nowhere) {}

void ChunkInventory::note(LocalImage image, const Chunk& chunk) {
  const Chunk* known = wanted_.find(chunk.digest);
  if (known == nullptr) return;
  std::uint64_t& place = places(image)[static_cast<std::size_t>(known - wanted_.chunks().data())];
  if (place == nowhere || image == LocalImage::spare) place = chunk.offset;
}

std::optional<std::uint64_t> ChunkInventory::find(LocalImage image, const Digest& digest) const {
  const Chunk* known = wanted_.find(digest);
  if (known == nullptr) return std::nullopt;
  const std::vector<std::uint64_t>& all = image == LocalImage::booted ? booted_ : spare_;
  const std::uint64_t place = all[static_cast<std::size_t>(known - wanted_.chunks().data())];
  return place == nowhere ? std::nullopt : std::optional(place);
}

}  // namespace dunlin
