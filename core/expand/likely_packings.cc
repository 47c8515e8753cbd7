#include "core/expand/likely_packings.h"

#include <initializer_list>

namespace dunlin {

namespace {

// `found` with other levels.
std::vector<Packing> with_levels(const Packing& found, std::initializer_list<std::uint32_t> levels) {
  std::vector<Packing> packings;
  for (const std::uint32_t level : levels) {
    packings.push_back(found);
    packings.back().parameters[0] = level;
  }
  return packings;
}

// Distributions use 9 (initramfs-tools), 19, 3 and 15; more than one worker is the rule.
std::vector<Packing> zstd_streams(const Packing& found) {
  std::vector<Packing> packings;
  for (const std::uint32_t workers : {1U, 0U})
    for (Packing packing :
         with_levels(found, {9, 3, 1, 15, 19, 6, 2, 4, 5, 7, 8, 10, 11, 12, 13, 14, 16, 17, 18})) {
      packing.parameters[1] = workers;
      packings.push_back(packing);
    }
  return packings;
}

}  // namespace

std::vector<Packing> likely_packings(const Packing& found) {
  switch (found.kind) {
    case PackingKind::zstd_stream:
      return zstd_streams(found);
    case PackingKind::lz4_legacy:
      return with_levels(found, {12, 9, 1, 3, 4, 5, 6, 7, 8, 10, 11});
    case PackingKind::gzip_stream:
      return with_levels(found, {9, 6, 1, 2, 3, 4, 5, 7, 8});
    case PackingKind::zstd_block:
    case PackingKind::zlib_block:
    case PackingKind::xz_block:
    case PackingKind::xz_stream:
    case PackingKind::lz4_block:
    case PackingKind::lz4hc_block:
    case PackingKind::lzo_block:
    case PackingKind::erofs_lz4:
      return {found};
  }
  return {found};
}

}  // namespace dunlin
