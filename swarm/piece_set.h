#pragma once
#include <cstdint>
#include <vector>

namespace dunlin {

// Which pieces of a torrent are there. Remembers how many, and how far they reach from the start.
class PieceSet {
 public:
  PieceSet() = default;
  explicit PieceSet(std::uint32_t count) : bits_(count) {}

  std::uint32_t size() const { return static_cast<std::uint32_t>(bits_.size()); }
  bool has(std::uint32_t piece) const { return bits_[piece]; }
  std::uint32_t count() const { return count_; }
  bool is_full() const { return count_ == size(); }
  // Number of pieces from the first on without a gap.
  std::uint32_t contiguous() const { return contiguous_; }

  // False when it was there already.
  bool insert(std::uint32_t piece) {
    if (bits_[piece]) return false;
    bits_[piece] = true;
    ++count_;
    while (contiguous_ < size() && bits_[contiguous_]) ++contiguous_;
    return true;
  }
  // False when it was not there.
  bool erase(std::uint32_t piece) {
    if (!bits_[piece]) return false;
    bits_[piece] = false;
    --count_;
    if (piece < contiguous_) contiguous_ = piece;
    return true;
  }
  bool operator==(const PieceSet&) const = default;

 private:
  std::vector<bool> bits_;
  std::uint32_t count_ = 0;
  std::uint32_t contiguous_ = 0;
};

}  // namespace dunlin
