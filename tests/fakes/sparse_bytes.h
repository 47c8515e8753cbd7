#pragma once
#include <array>
#include <cstdint>
#include <cstring>
#include <map>

#include "core/base/bytes.h"

namespace dunlin {

// A byte string that costs memory only where something other than zero was written, so that a fake device of
// many gigabytes fits into a test.
class SparseBytes {
 public:
  static constexpr std::uint64_t block_size = 4096;

  std::uint64_t size() const { return size_; }

  void resize(std::uint64_t size) {
    if (size < size_) {
      blocks_.erase(blocks_.lower_bound((size + block_size - 1) / block_size), blocks_.end());
      auto last = blocks_.find(size / block_size);
      if (last != blocks_.end() && size % block_size != 0)
        std::fill(last->second.begin() + static_cast<std::ptrdiff_t>(size % block_size), last->second.end(),
                  std::uint8_t{0});
    }
    size_ = size;
  }

  // Grows when the range ends past the end.
  void write(std::uint64_t offset, ByteView bytes) {
    size_ = std::max(size_, offset + bytes.size());
    for_each_block(offset, bytes.size(),
                   [&](std::uint64_t block, std::size_t in_block, std::size_t at, std::size_t count) {
                     const ByteView part = bytes.subspan(at, count);
                     auto found = blocks_.find(block);
                     if (found == blocks_.end()) {
                       if (all_zero(part)) return;
                       found = blocks_.emplace(block, Block{}).first;
                     }
                     std::memcpy(found->second.data() + in_block, part.data(), count);
                   });
  }

  std::size_t read(std::uint64_t offset, ByteSpan out) const {
    if (offset >= size_) return 0;
    const std::size_t length = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset));
    for_each_block(offset, length,
                   [&](std::uint64_t block, std::size_t in_block, std::size_t at, std::size_t count) {
                     auto found = blocks_.find(block);
                     if (found == blocks_.end())
                       std::memset(out.data() + at, 0, count);
                     else
                       std::memcpy(out.data() + at, found->second.data() + in_block, count);
                   });
    return length;
  }

 private:
  using Block = std::array<std::uint8_t, block_size>;

  template <class Visit>
  static void for_each_block(std::uint64_t offset, std::size_t length, Visit visit) {
    for (std::size_t at = 0; at < length;) {
      const auto in_block = static_cast<std::size_t>((offset + at) % block_size);
      const std::size_t count = std::min<std::size_t>(length - at, block_size - in_block);
      visit((offset + at) / block_size, in_block, at, count);
      at += count;
    }
  }

  std::map<std::uint64_t, Block> blocks_;
  std::uint64_t size_ = 0;
};

}  // namespace dunlin
