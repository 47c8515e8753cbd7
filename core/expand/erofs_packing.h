#pragma once
#include "core/expand/expand_map.h"

namespace dunlin {

// How mkfs.erofs packs a file with lz4: physical clusters one after another, each filled with as much of what
// is left of the file as fits, or one block of the file as it is when packing does not pay.

inline constexpr std::uint32_t erofs_block_size = 4096;
inline constexpr std::uint32_t erofs_cluster_size_max = 1u << 20;

// The parameters of PackingKind::erofs_lz4, named.
struct ErofsPacking {
  int level = 9;  // 0: lz4; 1 to 12: lz4hc
  // Packed bytes a cluster may have: whole blocks.
  std::uint32_t cluster_size = erofs_block_size;
  // Where a cluster ends depends on the bytes behind it. When the run ends before its file does, its last
  // clusters stay packed on the plain side, as witnesses of what follows: so many bytes, whole blocks. 0: the
  // run ends with the file.
  std::uint32_t witness_size = 0;
  // Plain bytes a cluster may hold (--max-extent-bytes): whole blocks; 0: no limit.
  std::uint32_t extent_size_max = 0;
  bool operator==(const ErofsPacking&) const = default;
};

Packing to_packing(const ErofsPacking& erofs);
// bad_image: parameters this version does not know.
Result<ErofsPacking> to_erofs_packing(const Packing& packing);

}  // namespace dunlin
