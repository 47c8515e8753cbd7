#pragma once
#include "core/base/bytes.h"
#include "core/expand/erofs_packing.h"

namespace dunlin {

// Opens physical clusters from their bytes alone: which are packed and how much they hold is seen from
// whether lz4 makes sense of them. A finder compares that with the file's map, so that it is no guess later.
class ErofsClusterOpener {
 public:
  explicit ErofsClusterOpener(std::uint32_t cluster_size) : cluster_size_(cluster_size) {}

  struct Cluster {
    std::size_t packed_size = 0;  // whole blocks
    bool is_raw = false;
    ByteView plain;  // valid until the next call
  };
  // The first cluster of `packed`: of a run's bytes from there at least cluster_size, or all there are; not
  // empty. `plain_left`: what the run still holds from there. Any bytes give a cluster.
  Cluster open(ByteView packed, std::uint64_t plain_left);

 private:
  std::uint32_t cluster_size_;
  Bytes plain_;
};

// A cluster never holds more: mkfs.erofs sees no more of a file at once.
inline constexpr std::size_t erofs_extent_max = 6000u << 10;

}  // namespace dunlin
