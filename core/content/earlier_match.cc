#include "core/content/earlier_match.h"

#include <algorithm>
#include <map>

#include "core/content/pack_table.h"

namespace dunlin {

namespace {

// Measured on images of programs: more of either costs more time than it saves bytes.
constexpr std::uint64_t near_size_max = 256u << 10;
constexpr std::uint64_t page_length = 32u << 10;
constexpr std::size_t far_page_count_max = 16;

static_assert(page_length % target_range_unit == 0 && far_page_count_max <= target_range_count_max);
static_assert(near_size_max + far_page_count_max * page_length <= target_ranges_size_max);

// Where a fingerprint of the segment lies in the pages in front of `end`: never empty, ascending.
using Sighting = std::span<const Fingerprint>;

std::uint64_t page_of(const Fingerprint& place) {
  return (place.offset - 1) / page_length;  // its offset is that of its end
}

// What the nearer bytes have too needs no page.
std::vector<Sighting> look_back(ByteView segment, std::uint64_t offset, std::uint64_t end,
                                const BaseIndex& index) {
  FingerprintSampler sampler(index.rate_log());
  std::vector<Fingerprint> samples;
  sampler.add(segment, offset, samples);
  std::vector<Sighting> sightings;
  for (const Fingerprint& sample : samples) {
    const Sighting places = index.find_before(sample.key, offset);
    if (!places.empty() && places.back().offset <= end) sightings.push_back(places);
  }
  return sightings;
}

// First every sighting gives all its pages a share; then each backs only its best page, the last of equals,
// so that of two equal copies one is enough.
std::map<std::uint64_t, double> score(const std::vector<Sighting>& sightings) {
  std::map<std::uint64_t, double> shared;
  for (const Sighting& sighting : sightings)
    for (const Fingerprint& place : sighting)
      shared[page_of(place)] += 1.0 / static_cast<double>(sighting.size());
  std::map<std::uint64_t, double> scores;
  for (const Sighting& sighting : sightings) {
    std::uint64_t best = page_of(sighting[0]);
    for (const Fingerprint& place : sighting)
      if (shared[page_of(place)] >= shared[best]) best = page_of(place);
    scores[best] += 1;
  }
  return scores;
}

// The best pages that end before `end`, ascending.
std::vector<std::uint64_t> choose_pages(const std::map<std::uint64_t, double>& scores, std::uint64_t end) {
  std::vector<std::pair<double, std::uint64_t>> ranked;
  for (const auto& [page, points] : scores)
    if ((page + 1) * page_length <= end) ranked.emplace_back(-points, page);
  std::ranges::sort(ranked);
  ranked.resize(std::min(ranked.size(), far_page_count_max));
  std::vector<std::uint64_t> pages;
  pages.reserve(ranked.size());
  for (const auto& [points, page] : ranked) pages.push_back(page);
  std::ranges::sort(pages);
  return pages;
}

}  // namespace

std::vector<ByteRange> match_earlier(ByteView segment, std::uint64_t offset, const BaseIndex& index) {
  if (offset == 0) return {};
  const std::uint64_t near_begin = offset - std::min(offset, near_size_max);
  std::vector<ByteRange> ranges;
  for (const std::uint64_t page :
       choose_pages(score(look_back(segment, offset, near_begin, index)), near_begin)) {
    if (!ranges.empty() && ranges.back().end() == page * page_length)
      ranges.back().length += page_length;
    else
      ranges.push_back({page * page_length, page_length});
  }
  ranges.push_back({near_begin, offset - near_begin});
  return ranges;
}

}  // namespace dunlin
