#include "core/expand/erofs_cluster.h"

#include <algorithm>

#include "core/codec/lz4_block.h"

namespace dunlin {

namespace {

constexpr std::size_t lz4_ratio_max = 255;

// A block that does not fill its cluster stands at the end of it, behind zeros; no block begins with zero.
ByteView without_padding(ByteView cluster) {
  const auto begin =
      std::find_if(cluster.begin(), cluster.end(), [](std::uint8_t byte) { return byte != 0; });
  return cluster.subspan(static_cast<std::size_t>(begin - cluster.begin()));
}

}  // namespace

ErofsClusterOpener::Cluster ErofsClusterOpener::open(ByteView packed, std::uint64_t plain_left) {
  const ByteView cluster = packed.first(std::min<std::size_t>(packed.size(), cluster_size_));
  const std::size_t room = static_cast<std::size_t>(
      std::min<std::uint64_t>(plain_left, std::min(erofs_extent_max, cluster.size() * lz4_ratio_max)));
  if (plain_.size() < room) plain_.resize(room);
  const std::optional<std::size_t> opened =
      open_lz4_block(without_padding(cluster), ByteSpan(plain_).first(room));
  if (opened && *opened > cluster.size()) return {cluster.size(), false, ByteView(plain_).first(*opened)};
  const std::size_t block = std::min<std::size_t>(cluster.size(), erofs_block_size);
  return {block, true, cluster.first(static_cast<std::size_t>(std::min<std::uint64_t>(block, plain_left)))};
}

}  // namespace dunlin
