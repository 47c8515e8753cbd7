#pragma once
#include <optional>
#include <span>

#include "core/expand/contractor.h"

namespace dunlin {

// Where a map opens an image, all layers taken together: the stretches inside which the packed side cannot be
// cut freely. Everywhere else a byte of one side is a byte of the other. Such places are clean: nothing is
// held inside a Contractor that stands there.
class MapOutline {
 public:
  // The map must be consistent, as parse_map_section makes it. Takes as long as the map has runs.
  explicit MapOutline(const ExpandMap& map);

  // The last clean position at or before `plain`, which lies inside the map or at its end.
  ExpandPosition clean_before(std::uint64_t plain) const;
  // Whether a segment may begin there: at clean places both sides must agree, inside an opened stretch the
  // packed side must lie within it.
  bool is_boundary(ExpandPosition position) const;
  // Whether any of these plain bytes belong to opened content.
  bool is_opened(std::uint64_t plain, std::uint64_t length) const;
  // The position in stretches() of the first long one that these plain bytes touch.
  std::optional<std::size_t> long_stretch(std::uint64_t plain, std::uint64_t length) const;

  struct Stretch {
    ExpandPosition begin;
    ExpandPosition end;
    // To read any of it, much must be decoded.
    bool is_long() const { return end.plain - begin.plain > long_stretch_size; }
  };
  static constexpr std::uint64_t long_stretch_size = 2u << 20;
  // All opened stretches, ascending on both sides, none inside another.
  const std::vector<Stretch>& stretches() const { return stretches_; }
  // The position in stretches() of the first that ends behind `plain`, or their count.
  std::size_t next_stretch(std::uint64_t plain) const;

 private:
  // The same as an iterator.
  std::vector<Stretch>::const_iterator ending_after(std::uint64_t plain) const;
  static std::vector<Stretch> open_further(const std::vector<Stretch>& below, const ExpandLayer& layer);

  std::vector<Stretch> stretches_;
};

}  // namespace dunlin
