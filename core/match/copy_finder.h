#pragma once
#include "core/match/base_text.h"
#include "core/match/suffix_index.h"

namespace dunlin {

// Bytes [begin, end) of a segment resemble the base from `base_offset` on.
struct FoundCopy {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint64_t base_offset = 0;
  std::uint64_t shift() const { return base_offset - begin; }  // modulo 2^64
};

// Finds copies for a stretch of a segment: exact matches are the seeds, extended both ways as long as most
// bytes are equal (the idea of bsdiff). Deterministic; borrows everything; time about linear in the stretch.
class CopyFinder {
 public:
  CopyFinder(const SuffixIndex& index, const BaseText& base, ByteView target)
      : index_(index), base_(base), target_(target) {}

  // Copies in [begin, end), ascending and apart, each worth its control bytes. `expected` is where the byte
  // at `begin` is expected in the base.
  std::vector<FoundCopy> find(std::uint32_t begin, std::uint32_t end, std::uint64_t expected) const;

 private:
  std::vector<FoundCopy> find_seeds(std::uint32_t begin, std::uint32_t end, std::uint64_t expected) const;
  FoundCopy best_match(std::uint32_t position, std::uint32_t end, std::uint64_t aligned) const;

  // All of these go no further than the base is known.
  std::uint32_t equal_from(std::uint32_t begin, std::uint32_t end, std::uint64_t shift) const;
  std::uint32_t count_equal(std::uint32_t begin, std::uint32_t end, std::uint64_t shift) const;
  std::uint32_t extend_forwards(std::uint32_t begin, std::uint32_t end, std::uint64_t shift) const;
  std::uint32_t extend_backwards(std::uint32_t begin, std::uint32_t end, std::uint64_t shift) const;
  std::uint32_t best_border(std::uint32_t begin, std::uint32_t end, const FoundCopy& left,
                            const FoundCopy& right) const;
  void extend(std::vector<FoundCopy>& seeds, std::uint32_t begin, std::uint32_t end) const;
  std::int64_t gain_of(const FoundCopy& copy) const;

  const SuffixIndex& index_;
  const BaseText& base_;
  ByteView target_;
};

}  // namespace dunlin
