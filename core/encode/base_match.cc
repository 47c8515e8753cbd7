#include "core/encode/base_match.h"

#include <algorithm>

#include "core/encode/page_scores.h"

namespace dunlin {

namespace {

// Ranges are made of whole pages of the base.
constexpr std::uint64_t page_size = 32u << 10;
constexpr std::size_t page_count_max = base_ranges_size_max / page_size;
// Unchanged places of a changed file leave no fingerprints of their own when small: short gaps are filled.
constexpr std::uint64_t gap_max = 2;
// The same offset is likely to help even where too little is equal for a fingerprint.
constexpr double same_offset_bonus = 0.5;

std::uint64_t page_of(const Fingerprint& place) {
  return place.offset / page_size;
}

std::vector<Hit> look_up(ByteView segment, std::uint64_t expected, const BaseIndex& index) {
  FingerprintSampler sampler(index.rate_log());
  std::vector<Fingerprint> samples;
  sampler.add(segment, expected, samples);
  std::vector<Hit> hits;
  for (const Fingerprint& sample : samples) {
    const std::span<const Fingerprint> places = index.find(sample.key);
    if (!places.empty()) hits.push_back(places);
  }
  return hits;
}

void favour_same_offset(PageScores& scores, std::uint64_t offset, std::uint64_t length,
                        std::uint64_t base_size) {
  const std::uint64_t end = std::min(base_size, offset + length);
  for (std::uint64_t page = offset / page_size; page * page_size < end; ++page)
    scores[page] += same_offset_bonus;
}

std::vector<std::uint64_t> fill_gaps(const std::vector<std::uint64_t>& pages) {
  std::vector<std::uint64_t> filled;
  std::size_t room = page_count_max - pages.size();
  for (const std::uint64_t page : pages) {
    const std::uint64_t gap = filled.empty() ? 0 : page - filled.back() - 1;
    if (gap <= gap_max && gap <= room) {
      room -= gap;
      for (std::uint64_t i = 0; i < gap; ++i) filled.push_back(page - gap + i);
    }
    filled.push_back(page);
  }
  return filled;
}

// Pages reach over the ends of what was indexed.
std::vector<BaseRange> to_ranges(const std::vector<std::uint64_t>& pages, const BaseIndex& index) {
  std::vector<BaseRange> ranges;
  for (const std::uint64_t page : pages) {
    const std::uint64_t offset = std::max(page * page_size, index.begin());
    const std::uint64_t end = std::min((page + 1) * page_size, index.end());
    if (offset >= end) continue;
    const auto length = static_cast<std::uint32_t>(end - offset);
    if (!ranges.empty() && ranges.back().offset + ranges.back().length == offset)
      ranges.back().length += length;
    else
      ranges.push_back({offset, length});
  }
  return ranges;
}

}  // namespace

static_assert(page_count_max <= base_range_count_max);

std::vector<BaseRange> match_base(ByteView segment, std::uint64_t expected, const BaseIndex& index) {
  if (index.end() == index.begin()) return {};
  // Nothing to choose: all of a small base fits.
  if (index.end() - index.begin() <= base_ranges_size_max)
    return {{index.begin(), static_cast<std::uint32_t>(index.end() - index.begin())}};
  PageScores scores = score_pages(look_up(segment, expected, index), page_of, EqualPages::first);
  favour_same_offset(scores, expected, segment.size(), index.end());
  return to_ranges(fill_gaps(best_pages(scores, page_count_max)), index);
}

}  // namespace dunlin
