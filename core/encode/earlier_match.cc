#include "core/encode/earlier_match.h"

#include <algorithm>

#include "core/content/pack_table.h"
#include "core/encode/page_scores.h"

namespace dunlin {

namespace {

// Measured on images of programs: more of either costs more time than it saves bytes.
constexpr std::uint64_t near_size_max = 256u << 10;
constexpr std::uint64_t page_length = 32u << 10;
constexpr std::size_t far_page_count_max = 16;

static_assert(page_length % target_range_unit == 0 && far_page_count_max <= target_range_count_max);
static_assert(near_size_max + far_page_count_max * page_length <= target_ranges_size_max);

std::uint64_t earlier_page_of(const Fingerprint& place) {
  return (place.offset - 1) / page_length;  // its offset is that of its end
}

// What the nearer bytes have too needs no page.
std::vector<Hit> look_back(ByteView segment, std::uint64_t offset, std::uint64_t end,
                           const BaseIndex& index) {
  FingerprintSampler sampler(index.rate_log());
  std::vector<Fingerprint> samples;
  sampler.add(segment, offset, samples);
  std::vector<Hit> hits;
  for (const Fingerprint& sample : samples) {
    const Hit places = index.find_before(sample.key, offset);
    if (!places.empty() && places.back().offset <= end) hits.push_back(places);
  }
  return hits;
}

// The best pages that end before `end`, ascending; of equals the last.
std::vector<std::uint64_t> choose_pages(const std::vector<Hit>& hits, std::uint64_t end) {
  PageScores scores = score_pages(hits, earlier_page_of, EqualPages::last);
  std::erase_if(scores, [end](const auto& scored) { return (scored.first + 1) * page_length > end; });
  return best_pages(scores, far_page_count_max);
}

}  // namespace

std::vector<ByteRange> match_earlier(ByteView segment, std::uint64_t offset, const BaseIndex& index) {
  if (offset == 0) return {};
  const std::uint64_t near_begin = offset - std::min(offset, near_size_max);
  std::vector<ByteRange> ranges;
  for (const std::uint64_t page : choose_pages(look_back(segment, offset, near_begin, index), near_begin)) {
    if (!ranges.empty() && ranges.back().end() == page * page_length)
      ranges.back().length += page_length;
    else
      ranges.push_back({page * page_length, page_length});
  }
  ranges.push_back({near_begin, offset - near_begin});
  return ranges;
}

}  // namespace dunlin
