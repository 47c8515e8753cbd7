#pragma once
#include "core/base/bytes.h"

namespace dunlin {

// A stretch of address space in which only touched pages take memory, and which gives pages back. For one
// thread.
class ReservedRegion {
 public:
  // All zeros. Ends the process when there is no address space for it.
  explicit ReservedRegion(std::size_t size);
  ~ReservedRegion();
  ReservedRegion(const ReservedRegion&) = delete;
  ReservedRegion& operator=(const ReservedRegion&) = delete;

  ByteSpan bytes() { return {begin_, size_}; }
  // Gives back the pages that lie completely inside; they read as zeros from then on.
  void give_back(std::size_t begin, std::size_t end);

 private:
  std::uint8_t* begin_;
  std::size_t size_;
};

}  // namespace dunlin
