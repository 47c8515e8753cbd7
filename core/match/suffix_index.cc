#include "core/match/suffix_index.h"

#include <algorithm>
#include <divsufsort.h>

#include "core/base/check.h"
#include "core/delta/equal_run.h"

namespace dunlin {

namespace {

// Longer texts are worth a table of 64 MiB.
constexpr std::uint64_t long_text_min = 32u << 20;

int beginning_bits_for(std::uint64_t text_size) {
  return text_size < long_text_min ? 16 : 24;
}

}  // namespace

std::uint64_t SuffixIndex::memory(std::uint64_t text_size) {
  return text_size * sizeof(std::int32_t) + (sizeof(std::uint32_t) << beginning_bits_for(text_size));
}

Result<SuffixIndex::Suffixes> SuffixIndex::sort(ByteView text) {
  CHECK(text.size() <= text_size_max);
  Suffixes suffixes(text.size());
  if (text.empty()) return suffixes;
  const auto size = static_cast<saidx_t>(text.size());
  if (divsufsort(text.data(), suffixes.data(), size) != 0)
    return fail(ErrorKind::device, "sorting the base: out of memory");
  return suffixes;
}

Result<SuffixIndex> SuffixIndex::make(ByteView text, Suffixes suffixes) {
  CHECK(text.size() == suffixes.size());
  const auto inside = [size = static_cast<std::int64_t>(text.size())](std::int32_t suffix) {
    return suffix >= 0 && suffix < size;
  };
  if (!std::all_of(suffixes.begin(), suffixes.end(), inside))
    return fail(ErrorKind::bad_image, "an index does not fit its text");
  SuffixIndex index;
  index.text_ = text;
  index.suffixes_ = std::move(suffixes);
  index.count_beginnings();
  return index;
}

// Bytes that are not there count as zeros.
std::size_t SuffixIndex::beginning_of(ByteView bytes) const {
  std::size_t beginning = 0;
  for (std::size_t i = 0; i < 3; ++i) beginning = beginning << 8 | (i < bytes.size() ? bytes[i] : 0u);
  return beginning >> (24 - beginning_bits_);
}

void SuffixIndex::count_beginnings() {
  beginning_bits_ = beginning_bits_for(text_.size());
  starts_.assign((std::size_t{1} << beginning_bits_) + 1, 0);
  const std::size_t size = text_.size();
  for (std::size_t i = 0; i + match_length_min <= size; ++i) ++starts_[beginning_of(text_.subspan(i, 3)) + 1];
  // A suffix of one or two bytes stands in front of all longer ones that begin with it: not in their range.
  for (std::size_t i = size - std::min<std::size_t>(size, 2); i < size; ++i)
    ++starts_[beginning_of(text_.subspan(i))];
  for (std::size_t i = 1; i < starts_.size(); ++i) starts_[i] += starts_[i - 1];
}

std::uint32_t SuffixIndex::equal_bytes(std::uint32_t rank, ByteView pattern) const {
  return static_cast<std::uint32_t>(equal_run(text_.subspan(position(rank)), pattern));
}

SuffixIndex::Match SuffixIndex::longest_match(ByteView pattern) const {
  Match best;
  if (pattern.size() < match_length_min) return best;
  const std::size_t beginning = beginning_of(pattern.first(3));
  std::uint32_t low = starts_[beginning];
  std::uint32_t high = starts_[beginning + 1];
  // Suffixes between the ends of the range share with the pattern at least what both ends share with it.
  std::uint32_t equal_low = 0;
  std::uint32_t equal_high = 0;
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    const ByteView suffix = text_.subspan(position(middle));
    const std::size_t known = std::min<std::size_t>({equal_low, equal_high, suffix.size()});
    const std::size_t equal = equal_run(suffix, pattern, known);
    if (equal > best.length) best = {middle, position(middle), static_cast<std::uint32_t>(equal)};
    if (equal == pattern.size()) break;
    if (equal == suffix.size() || suffix[equal] < pattern[equal]) {
      low = middle + 1;
      equal_low = static_cast<std::uint32_t>(equal);
    } else {
      high = middle;
      equal_high = static_cast<std::uint32_t>(equal);
    }
  }
  return best.length < match_length_min ? Match{} : best;
}

}  // namespace dunlin
