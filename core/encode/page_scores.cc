#include "core/encode/page_scores.h"

#include <algorithm>

namespace dunlin {

PageScores score_pages(const std::vector<Hit>& hits, PageOf page_of, EqualPages taken) {
  PageScores shared;
  for (const Hit& hit : hits)
    for (const Fingerprint& place : hit) shared[page_of(place)] += 1.0 / static_cast<double>(hit.size());
  PageScores scores;
  for (const Hit& hit : hits) {
    std::uint64_t best = page_of(hit[0]);
    for (const Fingerprint& place : hit) {
      const double ours = shared[page_of(place)];
      const double theirs = shared[best];
      if (taken == EqualPages::last ? ours >= theirs : ours > theirs) best = page_of(place);
    }
    scores[best] += 1;
  }
  return scores;
}

std::vector<std::uint64_t> best_pages(const PageScores& scores, std::size_t count_max) {
  std::vector<std::pair<double, std::uint64_t>> ranked;
  for (const auto& [page, score] : scores) ranked.emplace_back(-score, page);
  std::ranges::sort(ranked);
  ranked.resize(std::min(ranked.size(), count_max));
  std::vector<std::uint64_t> pages;
  pages.reserve(ranked.size());
  for (const auto& [score, page] : ranked) pages.push_back(page);
  std::ranges::sort(pages);
  return pages;
}

}  // namespace dunlin
