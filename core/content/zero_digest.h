#pragma once
#include <map>

#include "core/base/digest.h"

namespace dunlin {

// SHA-256 of runs of zero bytes, remembered by length: an image has many of the same few lengths. One thread.
class ZeroDigests {
 public:
  // `zeros` is the run itself; only its length matters when the length was seen before.
  const Digest& of(ByteView zeros);

 private:
  std::map<std::size_t, Digest> known_;
};

}  // namespace dunlin
