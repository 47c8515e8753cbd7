#pragma once
#include <map>

#include "core/encode/base_index.h"

namespace dunlin {

// Pages of an image, by how much they are likely to have in common with a segment.
using PageScores = std::map<std::uint64_t, double>;

// Where the image has a fingerprint of the segment; never empty, ascending.
using Hit = std::span<const Fingerprint>;

using PageOf = std::uint64_t (*)(const Fingerprint& place);

// Which of the pages that promise the same is taken.
enum class EqualPages { first, last };

// First every hit gives all its pages a share; then each hit backs only its best page, so that of two equal
// copies one is enough.
PageScores score_pages(const std::vector<Hit>& hits, PageOf page_of, EqualPages taken);

// The best pages, at most `count_max`, ascending.
std::vector<std::uint64_t> best_pages(const PageScores& scores, std::size_t count_max);

}  // namespace dunlin
