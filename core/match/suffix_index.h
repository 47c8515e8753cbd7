#pragma once
#include "core/base/bytes.h"

namespace dunlin {

// The only door to libdivsufsort: all suffixes of a text in order, and a table of where those that begin with
// the same two or three bytes lie. Immutable once made: safe from several threads at once.
class SuffixIndex {
 public:
  using Suffixes = std::vector<std::int32_t>;

  struct Match {
    std::uint32_t rank = 0;      // of the suffix found, in [0, text size)
    std::uint32_t position = 0;  // where in the text
    std::uint32_t length = 0;    // equal bytes; below match_length_min nothing is reported: 0
  };
  static constexpr std::uint32_t match_length_min = 3;
  static constexpr std::uint64_t text_size_max = (std::uint64_t{1} << 31) - 1;
  // Besides the text.
  static std::uint64_t memory(std::uint64_t text_size);

  // The order of the text's suffixes, a permutation. Takes about 0.1 s a megabyte, whatever the text. device:
  // no memory.
  static Result<Suffixes> sort(ByteView text);

  // `text` outlives the index; `suffixes` is what sort() gave for it. With others, matches are wrong in
  // length and place, but nothing is read outside the text: bad_image when a suffix lies outside.
  static Result<SuffixIndex> make(ByteView text, Suffixes suffixes);

  // A longest match of a beginning of `pattern`: about 2 * log2(suffixes with these three bytes) cache
  // misses.
  Match longest_match(ByteView pattern) const;

  std::uint32_t position(std::uint32_t rank) const { return static_cast<std::uint32_t>(suffixes_[rank]); }
  // How many bytes of `pattern` the suffix at `rank` begins with.
  std::uint32_t equal_bytes(std::uint32_t rank, ByteView pattern) const;
  std::uint32_t size() const { return static_cast<std::uint32_t>(suffixes_.size()); }
  const Suffixes& suffixes() const { return suffixes_; }

 private:
  std::size_t beginning_of(ByteView bytes) const;
  void count_beginnings();

  ByteView text_;
  Suffixes suffixes_;
  int beginning_bits_ = 0;
  std::vector<std::uint32_t> starts_;  // per beginning: the first rank
};

}  // namespace dunlin
