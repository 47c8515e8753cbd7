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

// Debian's initramfs-tools takes 9, the program by itself 3. Levels above need more memory than a device has,
// unless the content is short.
std::vector<Packing> zstd_streams(const Packing& found) {
  std::vector<Packing> packings;
  for (const std::uint32_t workers : {1U, 0U})
    for (Packing packing :
         with_levels(found, {9, 3, 1, 6, 2, 4, 5, 7, 8, 19, 15, 10, 11, 12, 13, 14, 16, 17, 18})) {
      packing.parameters[1] = workers;
      packings.push_back(packing);
    }
  return packings;
}

// zlib's default memory level is 8; some programs take 9.
std::vector<Packing> gzip_streams(const Packing& found) {
  std::vector<Packing> packings;
  for (const std::uint32_t memory_level : {8U, 9U})
    for (Packing packing : with_levels(found, {9, 6, 1, 2, 3, 4, 5, 7, 8})) {
      packing.parameters[1] = memory_level;
      packings.push_back(packing);
    }
  return packings;
}

// mksquashfs keeps the shortest of several strategies.
std::vector<Packing> zlib_blocks(const Packing& found) {
  std::vector<Packing> packings = {found};
  for (std::uint32_t strategy = 0; strategy <= 4; ++strategy)
    if (strategy != found.parameters[2])
      packings.push_back({found.kind, {found.parameters[0], found.parameters[1], strategy}});
  return packings;
}

// mksquashfs gives metadata a dictionary of its own, and keeps the shortest of several filters.
std::vector<Packing> xz_blocks(const Packing& found) {
  constexpr std::uint32_t metadata_dictionary = 8192;
  std::vector<Packing> packings = {found, {found.kind, {found.parameters[0], metadata_dictionary, 0}}};
  for (std::uint32_t filter = 1; filter <= 6; ++filter)
    packings.push_back({found.kind, {found.parameters[0], found.parameters[1], filter}});
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
      return gzip_streams(found);
    case PackingKind::zlib_block:
      return zlib_blocks(found);
    case PackingKind::xz_block:
      return xz_blocks(found);
    case PackingKind::xz_stream:
      return with_levels(found, {2, 1, 0, 18, 17, 16});
    case PackingKind::zstd_block:
    case PackingKind::lz4_block:
    case PackingKind::lz4hc_block:
    case PackingKind::lzo_block:
    case PackingKind::erofs_lz4:
    case PackingKind::erofs_tail:
      return {found};
  }
  return {found};
}

}  // namespace dunlin
