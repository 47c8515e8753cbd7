#include "core/expand/erofs_packing.h"

#include "core/codec/lz4_fill.h"

namespace dunlin {

namespace {

// The last parameter is two numbers of blocks.
constexpr std::uint32_t block_count_bits = 16;
constexpr std::uint32_t block_count_mask = (1u << block_count_bits) - 1;

std::uint32_t join_blocks(std::uint32_t low_size, std::uint32_t high_size) {
  return low_size / erofs_block_size | (high_size / erofs_block_size) << block_count_bits;
}

}  // namespace

Packing to_packing(const ErofsPacking& erofs) {
  return {PackingKind::erofs_lz4,
          {static_cast<std::uint32_t>(erofs.level), erofs.cluster_size,
           join_blocks(erofs.witness_size, erofs.extent_size_max)}};
}

Result<ErofsPacking> to_erofs_packing(const Packing& packing) {
  const auto [level, cluster_size, blocks] = packing.parameters;
  ErofsPacking erofs;
  erofs.level = static_cast<int>(std::min<std::uint32_t>(level, lz4_fill_level_max + 1));
  erofs.cluster_size = cluster_size;
  erofs.witness_size = (blocks & block_count_mask) * erofs_block_size;
  erofs.extent_size_max = (blocks >> block_count_bits) * erofs_block_size;
  const bool known = packing.kind == PackingKind::erofs_lz4 && erofs.level <= lz4_fill_level_max &&
                     cluster_size > 0 && cluster_size <= erofs_cluster_size_max &&
                     cluster_size % erofs_block_size == 0 && erofs.witness_size <= erofs_cluster_size_max;
  if (!known)
    return fail(ErrorKind::bad_image, "an erofs packing has unknown parameters: update dunlin first");
  return erofs;
}

}  // namespace dunlin
