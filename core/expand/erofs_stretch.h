#pragma once
#include "core/expand/erofs_extents.h"
#include "core/expand/erofs_packing.h"

namespace dunlin {

// Consecutive clusters of one file that lie one behind the other.
struct ErofsStretch {
  std::uint64_t packed_offset = 0;
  std::uint64_t packed_length = 0;
  std::uint64_t plain_length = 0;
  std::uint32_t cluster_size = erofs_block_size;
  // When the file goes on elsewhere: how much of the end stays packed, see ErofsPacking.
  std::uint32_t witness_size = 0;
  std::uint64_t extent_length_max = 0;
};

// Cuts the maps of files into stretches. No block of the image gets into two of them, however many files name
// it, and they hold at most erofs_plain_factor_max times the size of the image.
class ErofsStretches {
 public:
  // `stated_cluster_size`: of files that are too short to tell.
  ErofsStretches(std::uint64_t image_size, std::uint32_t stated_cluster_size);

  // Without those of which nothing could be opened.
  std::vector<ErofsStretch> of(const ErofsExtents& file);

 private:
  struct Piece;
  std::uint32_t cluster_size_of(const ErofsExtents& file) const;
  bool claim(const ErofsExtent& extent);
  static std::optional<ErofsStretch> finished(const Piece& piece, std::uint32_t cluster_size);

  std::uint32_t stated_cluster_size_;
  std::vector<bool> claimed_;  // blocks
  std::uint64_t plain_left_;
};

inline constexpr std::uint64_t erofs_plain_factor_max = 32;

}  // namespace dunlin
