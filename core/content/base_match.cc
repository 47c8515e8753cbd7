#include "core/content/base_match.h"

#include <algorithm>

namespace dunlin {

namespace {

// Ranges are made of whole pages of the base.
constexpr std::uint64_t page_size = 32u << 10;
constexpr std::size_t page_count_max = base_ranges_size_max / page_size;
// Unchanged places of a changed file leave no fingerprints of their own when small: short gaps are filled.
constexpr std::uint64_t gap_max = 2;
// The same offset is likely to help even where too little is equal for a fingerprint.
constexpr double same_offset_bonus = 0.5;

struct Hit {
  std::uint64_t target = 0;  // within the target image
  std::span<const Fingerprint> places;
};

struct Hits {
  std::vector<Hit> found;
  std::size_t sampled = 0;
};

Hits look_up(ByteView segment, std::uint64_t target_offset, const BaseIndex& index) {
  FingerprintSampler sampler(index.rate_log());
  std::vector<Fingerprint> samples;
  sampler.add(segment, target_offset, samples);
  Hits hits{{}, samples.size()};
  for (const Fingerprint& sample : samples) {
    const std::span<const Fingerprint> places = index.find(sample.key);
    if (!places.empty()) hits.found.push_back({sample.offset, places});
  }
  return hits;
}

// The base offset minus the target offset (modulo 2^64) that most hits agree on, if more than half do.
std::optional<std::uint64_t> common_shift(const Hits& hits) {
  std::map<std::uint64_t, std::size_t> votes;
  for (const Hit& hit : hits.found)
    for (const Fingerprint& place : hit.places) ++votes[place.offset - hit.target];
  const auto best = std::ranges::max_element(votes, {}, [](const auto& vote) { return vote.second; });
  if (best == votes.end() || best->second * 2 <= hits.sampled) return std::nullopt;
  return best->first;
}

using PageScores = std::map<std::uint64_t, double>;

// First every hit gives all its pages a share; then each hit backs only its best page, so that of two equal
// copies one is enough.
PageScores score_pages(const Hits& hits) {
  PageScores shared;
  for (const Hit& hit : hits.found)
    for (const Fingerprint& place : hit.places)
      shared[place.offset / page_size] += 1.0 / static_cast<double>(hit.places.size());
  PageScores scores;
  for (const Hit& hit : hits.found) {
    std::uint64_t best = hit.places[0].offset / page_size;
    for (const Fingerprint& place : hit.places)
      if (shared[place.offset / page_size] > shared[best]) best = place.offset / page_size;
    scores[best] += 1;
  }
  return scores;
}

void favour_same_offset(PageScores& scores, std::uint64_t offset, std::uint64_t length,
                        std::uint64_t base_size) {
  const std::uint64_t end = std::min(base_size, offset + length);
  for (std::uint64_t page = offset / page_size; page * page_size < end; ++page)
    scores[page] += same_offset_bonus;
}

// The best pages, ascending.
std::vector<std::uint64_t> best_pages(const PageScores& scores) {
  std::vector<std::pair<double, std::uint64_t>> ranked;
  for (const auto& [page, score] : scores) ranked.emplace_back(-score, page);
  std::ranges::sort(ranked);
  ranked.resize(std::min(ranked.size(), page_count_max));
  std::vector<std::uint64_t> pages;
  pages.reserve(ranked.size());
  for (const auto& [score, page] : ranked) pages.push_back(page);
  std::ranges::sort(pages);
  return pages;
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

std::vector<BaseRange> to_ranges(const std::vector<std::uint64_t>& pages, std::uint64_t base_size) {
  std::vector<BaseRange> ranges;
  for (const std::uint64_t page : pages) {
    const std::uint64_t offset = page * page_size;
    if (offset >= base_size) break;  // a fingerprint may end exactly where the base ends
    const auto length = static_cast<std::uint32_t>(std::min(page_size, base_size - offset));
    if (!ranges.empty() && ranges.back().offset + ranges.back().length == offset)
      ranges.back().length += length;
    else
      ranges.push_back({offset, length});
  }
  return ranges;
}

}  // namespace

static_assert(page_count_max <= base_range_count_max);

BaseMatch match_base(ByteView segment, std::uint64_t target_offset, const BaseIndex& index,
                     std::uint64_t base_size) {
  const Hits hits = look_up(segment, target_offset, index);
  BaseMatch match;
  if (hits.sampled > 0)
    match.familiar = static_cast<double>(hits.found.size()) / static_cast<double>(hits.sampled);
  const std::optional<std::uint64_t> shift = common_shift(hits);
  if (shift) {
    const std::uint64_t at = target_offset + *shift;
    if (at < base_size && segment.size() <= base_size - at) match.whole_at = at;
  }
  PageScores scores = score_pages(hits);
  favour_same_offset(scores, target_offset, segment.size(), base_size);
  match.ranges = to_ranges(fill_gaps(best_pages(scores)), base_size);
  return match;
}

}  // namespace dunlin
