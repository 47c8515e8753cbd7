#pragma once
#include <optional>

#include "core/expand/run_index.h"

namespace dunlin {

// Tells where plain bytes of one map lie on the plain side of another map of the same image, when one of the
// two holds only some of the other's packed runs (filtered() in core/expand/finder.h).
class PlainTranslation {
 public:
  // Both outlive it.
  PlainTranslation(const ExpandMap& from, const ExpandMap& to);

  // A place on the other side, and how many bytes lie behind each other on both.
  struct Place {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
  };
  // Nothing when the byte is open on one side only. `plain` is inside the map it comes from; without layers,
  // that is unbounded.
  std::optional<Place> at(std::uint64_t plain) const;

 private:
  std::optional<Place> at(std::size_t layers, std::uint64_t plain) const;
  std::optional<Place> through_raw(std::size_t layers, std::uint64_t packed, std::uint64_t length) const;
  std::optional<Place> through_packed(std::size_t layers, std::size_t run, std::uint64_t plain) const;

  std::vector<RunIndex> from_;
  std::vector<RunIndex> to_;
};

}  // namespace dunlin
