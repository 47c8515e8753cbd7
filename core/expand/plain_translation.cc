#include "core/expand/plain_translation.h"

#include <algorithm>
#include <limits>

namespace dunlin {

namespace {
constexpr std::uint64_t unbounded = std::numeric_limits<std::uint64_t>::max();
}  // namespace

PlainTranslation::PlainTranslation(const ExpandMap& from, const ExpandMap& to) {
  for (const ExpandLayer& layer : from.layers) from_.emplace_back(layer);
  for (const ExpandLayer& layer : to.layers) to_.emplace_back(layer);
}

std::optional<PlainTranslation::Place> PlainTranslation::at(std::uint64_t plain) const {
  return at(std::max(from_.size(), to_.size()), plain);
}

// A layer that one map does not have is raw there.
std::optional<PlainTranslation::Place> PlainTranslation::at(std::size_t layers, std::uint64_t plain) const {
  if (layers == 0) return Place{plain, unbounded - plain};
  if (layers > from_.size()) return through_raw(layers, plain, unbounded - plain);
  const RunIndex& index = from_[layers - 1];
  const std::size_t run = index.at_plain(plain);
  if (run >= index.count()) return std::nullopt;
  if (!index.run(run).is_raw()) return through_packed(layers, run, plain);
  const std::uint64_t inside = plain - index.start(run).plain;
  return through_raw(layers, index.start(run).packed + inside, index.run(run).plain_length - inside);
}

std::optional<PlainTranslation::Place> PlainTranslation::through_raw(std::size_t layers, std::uint64_t packed,
                                                                     std::uint64_t length) const {
  const std::optional<Place> below = at(layers - 1, packed);
  if (!below) return std::nullopt;
  length = std::min(length, below->length);
  if (layers > to_.size()) return Place{below->offset, length};
  const RunIndex& index = to_[layers - 1];
  const std::size_t run = index.at_packed(below->offset);
  if (run >= index.count() || !index.run(run).is_raw()) return std::nullopt;
  const std::uint64_t inside = below->offset - index.start(run).packed;
  return Place{index.start(run).plain + inside, std::min(length, index.run(run).packed_length - inside)};
}

std::optional<PlainTranslation::Place> PlainTranslation::through_packed(std::size_t layers, std::size_t run,
                                                                        std::uint64_t plain) const {
  const RunIndex& from = from_[layers - 1];
  const std::optional<Place> below = at(layers - 1, from.start(run).packed);
  if (!below || layers > to_.size()) return std::nullopt;
  const RunIndex& to = to_[layers - 1];
  const std::size_t other = to.at_packed(below->offset);
  if (other >= to.count() || to.run(other).is_raw() || to.start(other).packed != below->offset)
    return std::nullopt;
  const std::uint64_t inside = plain - from.start(run).plain;
  return Place{to.start(other).plain + inside, from.run(run).plain_length - inside};
}

}  // namespace dunlin
