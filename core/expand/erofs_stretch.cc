#include "core/expand/erofs_stretch.h"

namespace dunlin {

namespace {

// What must be seen behind a cluster to end it where mkfs.erofs did, with the fastest level too.
constexpr std::uint64_t witnessed_min = 72u << 10;

std::uint64_t packed_length(const ErofsExtent& extent) {
  return std::uint64_t{extent.block_count} * erofs_block_size;
}

}  // namespace

struct ErofsStretches::Piece {
  std::vector<ErofsExtent> extents;
  bool ends_file = false;
};

ErofsStretches::ErofsStretches(std::uint64_t image_size, std::uint32_t stated_cluster_size)
    : stated_cluster_size_(stated_cluster_size),
      claimed_(static_cast<std::size_t>(image_size / erofs_block_size)),
      plain_left_(image_size * erofs_plain_factor_max) {}

std::vector<ErofsStretch> ErofsStretches::of(const ErofsExtents& file) {
  const std::uint32_t cluster_size = cluster_size_of(file);
  std::vector<Piece> pieces;
  std::uint64_t next_block = 0;
  for (std::size_t i = 0; i < file.extents.size(); ++i) {
    const ErofsExtent& extent = file.extents[i];
    const bool is_last = file.is_whole && i + 1 == file.extents.size();
    const bool is_full = extent.is_raw || packed_length(extent) == cluster_size;
    const bool fits = is_full || (is_last && packed_length(extent) < cluster_size);
    if (!fits || !claim(extent)) {
      next_block = 0;
      continue;
    }
    if (pieces.empty() || extent.block != next_block) pieces.emplace_back();
    pieces.back().extents.push_back(extent);
    pieces.back().ends_file = is_last;
    next_block = extent.block + extent.block_count;
  }
  std::vector<ErofsStretch> stretches;
  for (const Piece& piece : pieces)
    if (std::optional<ErofsStretch> stretch = finished(piece, cluster_size)) stretches.push_back(*stretch);
  return stretches;
}

// Only the last cluster of a file may be smaller than it could be.
std::uint32_t ErofsStretches::cluster_size_of(const ErofsExtents& file) const {
  const std::size_t count = file.extents.size() - (file.is_whole && !file.extents.empty() ? 1 : 0);
  for (std::size_t i = 0; i < count; ++i) {
    const ErofsExtent& extent = file.extents[i];
    if (extent.is_raw || extent.block_count == 0 || packed_length(extent) > erofs_cluster_size_max) continue;
    return static_cast<std::uint32_t>(packed_length(extent));
  }
  return stated_cluster_size_;
}

bool ErofsStretches::claim(const ErofsExtent& extent) {
  if (extent.block >= claimed_.size() || extent.block_count > claimed_.size() - extent.block) return false;
  if (extent.block_count == 0 || extent.plain_length > plain_left_) return false;
  const auto begin = claimed_.begin() + static_cast<std::ptrdiff_t>(extent.block);
  const auto end = begin + static_cast<std::ptrdiff_t>(extent.block_count);
  if (std::find(begin, end, true) != end) return false;
  std::fill(begin, end, true);
  plain_left_ -= extent.plain_length;
  return true;
}

std::optional<ErofsStretch> ErofsStretches::finished(const Piece& piece, std::uint32_t cluster_size) {
  ErofsStretch stretch;
  stretch.packed_offset = piece.extents.front().block * erofs_block_size;
  stretch.cluster_size = cluster_size;
  std::uint64_t witnessed = piece.ends_file ? witnessed_min : 0;
  for (auto extent = piece.extents.rbegin(); extent != piece.extents.rend(); ++extent) {
    stretch.packed_length += packed_length(*extent);
    if (witnessed < witnessed_min) {
      witnessed += extent->plain_length;
      stretch.plain_length += packed_length(*extent);
      stretch.witness_size += static_cast<std::uint32_t>(packed_length(*extent));
      continue;
    }
    stretch.plain_length += extent->plain_length;
    stretch.extent_length_max = std::max(stretch.extent_length_max, extent->plain_length);
  }
  const bool opens =
      stretch.witness_size < stretch.packed_length && stretch.witness_size <= erofs_cluster_size_max;
  return opens ? std::optional(stretch) : std::nullopt;
}

}  // namespace dunlin
