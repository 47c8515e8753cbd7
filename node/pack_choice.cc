#include "node/pack_choice.h"

#include <fmt/format.h>

namespace dunlin {

namespace {

constexpr std::uint64_t space_margin = 8u << 20;  // database, metadata, checkpoints

bool can_decode(const PackEntry& pack, const std::optional<Digest>& booted,
                const std::optional<Digest>& spoiled) {
  if (!pack.base) return true;
  return booted && *pack.base == *booted && !(spoiled && *spoiled == *pack.base);
}

std::string reason_for(const PackEntry& pack, const ImageEntry& image, const std::optional<Digest>& booted,
                       const std::optional<Digest>& spoiled) {
  if (pack.base)
    return fmt::format("delta from the booted image: {} of {} bytes", pack.file.size, image.size);
  if (!booted) return "full pack: the booted image is not known";
  if (spoiled && *spoiled == *booted) return "full pack: the booted slot no longer holds its image exactly";
  return fmt::format("full pack: no smaller delta from the booted image {}", booted->hex().substr(0, 12));
}

}  // namespace

Result<PackChoice> choose_pack(const ImageEntry& image, const std::optional<Digest>& booted,
                               const std::optional<Digest>& spoiled) {
  const PackEntry* best = nullptr;
  for (const PackEntry& pack : image.packs) {
    if (!can_decode(pack, booted, spoiled)) continue;
    if (best == nullptr || pack.file.size < best->file.size) best = &pack;
  }
  if (best == nullptr)
    return fail(ErrorKind::bad_image, "image " + image.name + " has no full pack: publish the release again");
  return PackChoice{*best, reason_for(*best, image, booted, spoiled)};
}

Result<void> check_space(const PackEntry& pack, std::uint64_t free_bytes, const std::string& directory) {
  const std::uint64_t needed = pack.file.size + pack.torrent.size + pack.file.size / 64 + space_margin;
  if (free_bytes >= needed) return {};
  return fail(ErrorKind::device,
              fmt::format("{} has {} bytes free and the update needs {}: free {} bytes there", directory,
                          free_bytes, needed, needed - free_bytes));
}

}  // namespace dunlin
