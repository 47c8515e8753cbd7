#pragma once
#include <memory>

#include "core/base/bytes.h"

namespace dunlin {

// lz4 blocks whose packed size is given and whose plain size follows from it: as much as fits
// (LZ4_compress_destSize, LZ4_compress_HC_destSize).

inline constexpr int lz4_fill_level_max = 12;

// Packs beginnings of what it is given. Keeps its state (256 KiB) from call to call; a result depends only on
// the arguments of its own call.
class Lz4Filler {
 public:
  // 0: fast; 1 to lz4_fill_level_max: high compression.
  explicit Lz4Filler(int level);
  ~Lz4Filler();
  Lz4Filler(Lz4Filler&&) noexcept;
  Lz4Filler& operator=(Lz4Filler&&) noexcept;

  struct Filled {
    std::size_t taken = 0;  // plain bytes packed; 0 with given 0: lz4 could not
    std::size_t given = 0;  // packed bytes, at most packed.size()
  };
  // How much of `plain` it takes may depend on all of `plain`. Both below 1 GiB. device: no memory.
  Result<Filled> fill(ByteView plain, ByteSpan packed);

 private:
  struct State;
  int level_;
  std::unique_ptr<State> state_;
};

}  // namespace dunlin
