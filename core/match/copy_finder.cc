#include "core/match/copy_finder.h"

#include <algorithm>

#include "core/delta/equal_run.h"
#include "core/delta/recent_values.h"

namespace dunlin {

namespace {

// Weights of bytes in a copy: an equal byte saves a literal, a differing one costs more than a literal.
constexpr std::int64_t equal_gain = 2;
constexpr std::int64_t differing_loss = 4;
// A new copy must have so many equal bytes more than going on with the one before.
constexpr std::uint32_t seed_gain_min = 5;
// Gain of a copy that pays for its place in the control stream: one that goes on with an alignment used
// lately is told in a few bits, a jump takes bytes.
constexpr std::int64_t return_gain_min = 12;
constexpr std::int64_t jump_gain_min = 32;
// Suffixes that match as far are looked at for one that lies closer to where we are.
constexpr std::uint32_t neighbours_max = 8;
// Two stretches of one alignment are copies of their own when so many bytes between them say nothing.
constexpr std::uint32_t estranged_min = 32;
// Content that the base does not have is searched ever more coarsely; extending backwards makes good for it.
constexpr std::uint32_t misses_per_step = 2048;
constexpr std::uint32_t step_max = 16;

std::uint64_t distance(std::uint64_t a, std::uint64_t b) {
  return a > b ? a - b : b - a;
}

}  // namespace

std::vector<FoundCopy> CopyFinder::find(std::uint32_t begin, std::uint32_t end,
                                        std::uint64_t expected) const {
  std::vector<FoundCopy> copies = find_seeds(begin, end, expected);
  extend(copies, begin, end);
  RecentValues<std::uint64_t, 8> lately;
  std::erase_if(copies, [&](const FoundCopy& copy) {
    const bool returns = lately.find(copy.shift()) < 8;
    if (gain_of(copy) < (returns ? return_gain_min : jump_gain_min)) return true;
    lately.use(copy.shift());
    return false;
  });
  return copies;
}

std::vector<FoundCopy> CopyFinder::find_seeds(std::uint32_t begin, std::uint32_t end,
                                              std::uint64_t expected) const {
  std::vector<FoundCopy> seeds = {{begin, begin, expected}};
  std::uint32_t misses = 0;
  std::uint32_t familiar_end = begin;  // of the last bytes that belong to the last seed for certain
  for (std::uint32_t p = begin; p < end;) {
    const std::uint64_t shift = seeds.back().shift();
    const std::uint32_t equal = equal_from(p, end, shift);
    if (equal >= seed_gain_min) {
      if (p - familiar_end >= estranged_min) seeds.push_back({p, p, p + shift});
      familiar_end = p + equal;
      misses = 0;
    }
    p += equal;
    if (equal > 0) continue;
    const FoundCopy match = best_match(p, end, p + shift);
    if (match.end - p > seed_gain_min && match.end - p > count_equal(p, match.end, shift) + seed_gain_min) {
      seeds.push_back(match);
      p = match.end;
      familiar_end = p;
      misses = 0;
    } else {
      p += 1 + std::min(misses++ / misses_per_step, step_max - 1);
    }
  }
  return seeds;
}

FoundCopy CopyFinder::best_match(std::uint32_t position, std::uint32_t end, std::uint64_t aligned) const {
  const ByteView pattern = target_.subspan(position, end - position);
  const SuffixIndex::Match match = index_.longest_match(pattern);
  if (match.length <= seed_gain_min) return {position, position, aligned};
  FoundCopy best{position, position + match.length, base_.base_offset(match.position)};
  const auto consider = [&](std::uint32_t rank) {
    if (index_.equal_bytes(rank, pattern) < match.length) return false;
    const std::uint64_t offset = base_.base_offset(index_.position(rank));
    if (distance(offset, aligned) < distance(best.base_offset, aligned)) best.base_offset = offset;
    return true;
  };
  for (std::uint32_t i = 1; i <= neighbours_max && i <= match.rank && consider(match.rank - i); ++i) {
  }
  for (std::uint32_t i = 1; i <= neighbours_max && match.rank + i < index_.size() && consider(match.rank + i);
       ++i) {
  }
  return best;
}

std::uint32_t CopyFinder::equal_from(std::uint32_t begin, std::uint32_t end, std::uint64_t shift) const {
  std::uint32_t p = begin;
  while (p < end) {
    const ByteView known = base_.from(p + shift);
    const auto step = static_cast<std::uint32_t>(std::min<std::size_t>(known.size(), end - p));
    const auto equal = static_cast<std::uint32_t>(equal_run(known.first(step), target_.subspan(p, step)));
    p += equal;
    if (equal < step || step == 0) break;
  }
  return p - begin;
}

std::uint32_t CopyFinder::count_equal(std::uint32_t begin, std::uint32_t end, std::uint64_t shift) const {
  std::uint32_t count = 0;
  for (std::uint32_t p = begin; p < end;) {
    const ByteView known = base_.from(p + shift);
    const auto step = static_cast<std::uint32_t>(std::min<std::size_t>(known.size(), end - p));
    if (step == 0) break;
    for (std::uint32_t i = 0; i < step; ++i) count += known[i] == target_[p + i] ? 1 : 0;
    p += step;
  }
  return count;
}

// Returns the best end of a copy that begins at `begin`.
std::uint32_t CopyFinder::extend_forwards(std::uint32_t begin, std::uint32_t end, std::uint64_t shift) const {
  std::int64_t gain = 0;
  std::int64_t best_gain = 0;
  std::uint32_t best = begin;
  for (std::uint32_t p = begin; p < end;) {
    const ByteView known = base_.from(p + shift);
    const auto step = static_cast<std::uint32_t>(std::min<std::size_t>(known.size(), end - p));
    if (step == 0) break;
    for (std::uint32_t i = 0; i < step; ++i) {
      gain += known[i] == target_[p + i] ? equal_gain : -differing_loss;
      if (gain <= best_gain) continue;
      best_gain = gain;
      best = p + i + 1;
    }
    p += step;
  }
  return best;
}

// Returns the best beginning of a copy that ends at `end`.
std::uint32_t CopyFinder::extend_backwards(std::uint32_t begin, std::uint32_t end,
                                           std::uint64_t shift) const {
  std::int64_t gain = 0;
  std::int64_t best_gain = 0;
  std::uint32_t best = end;
  for (std::uint32_t p = end; p > begin;) {
    const ByteView known = base_.until(p + shift);
    const auto step = static_cast<std::uint32_t>(std::min<std::size_t>(known.size(), p - begin));
    if (step == 0) break;
    for (std::uint32_t i = 1; i <= step; ++i) {
      gain += known[known.size() - i] == target_[p - i] ? equal_gain : -differing_loss;
      if (gain <= best_gain) continue;
      best_gain = gain;
      best = p - i;
    }
    p -= step;
  }
  return best;
}

// Where in [begin, end) the left copy should give way to the right one. The base is known there for both.
std::uint32_t CopyFinder::best_border(std::uint32_t begin, std::uint32_t end, const FoundCopy& left,
                                      const FoundCopy& right) const {
  std::int64_t gain = 0;
  std::int64_t best_gain = 0;
  std::uint32_t best = begin;
  for (std::uint32_t p = begin; p < end;) {
    const ByteView a = base_.from(p + left.shift());
    const ByteView b = base_.from(p + right.shift());
    const auto step = static_cast<std::uint32_t>(std::min<std::size_t>({a.size(), b.size(), end - p}));
    if (step == 0) break;
    for (std::uint32_t i = 0; i < step; ++i) {
      gain += (a[i] == target_[p + i] ? 1 : 0) - (b[i] == target_[p + i] ? 1 : 0);
      if (gain <= best_gain) continue;
      best_gain = gain;
      best = p + i + 1;
    }
    p += step;
  }
  return best;
}

void CopyFinder::extend(std::vector<FoundCopy>& seeds, std::uint32_t begin, std::uint32_t end) const {
  std::uint32_t seed_begin = begin;
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    FoundCopy& copy = seeds[i];
    const std::uint32_t next_seed = i + 1 < seeds.size() ? seeds[i + 1].begin : end;
    const std::uint64_t shift = copy.shift();
    const std::uint32_t back = extend_backwards(seed_begin, copy.begin, shift);
    seed_begin = copy.begin;
    copy.end = extend_forwards(copy.begin, next_seed, shift);
    copy.begin = back;
    copy.base_offset = back + shift;
    if (i == 0 || seeds[i - 1].end <= back) continue;
    FoundCopy& left = seeds[i - 1];
    const std::uint32_t border = best_border(back, left.end, left, copy);
    left.end = border;
    copy.begin = border;
    copy.base_offset = border + shift;
  }
}

std::int64_t CopyFinder::gain_of(const FoundCopy& copy) const {
  if (copy.end <= copy.begin) return 0;
  const std::int64_t equal = count_equal(copy.begin, copy.end, copy.shift());
  const std::int64_t differing = static_cast<std::int64_t>(copy.end - copy.begin) - equal;
  return equal * equal_gain - differing * differing_loss;
}

}  // namespace dunlin
