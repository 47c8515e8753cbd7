#pragma once
#include <optional>

#include "core/content/map_outline.h"
#include "core/encode/target_scan.h"

namespace dunlin {

// Target bytes that the base image has too, as they lie in it.
struct ImageCopy {
  std::uint64_t target = 0;  // offset in the target image
  std::uint64_t length = 0;
  std::uint64_t base = 0;  // offset in the base image
  bool operator==(const ImageCopy&) const = default;
};

// A run of the target of which the same is known from end to end.
struct LayoutRun {
  ExpandPosition begin;
  ExpandPosition end;
  bool is_opened = false;  // else both sides are the same bytes
  bool is_zero = false;
  std::optional<std::uint64_t> base;  // the base image has these bytes here
  bool operator==(const LayoutRun&) const = default;

  std::uint64_t plain_length() const { return end.plain - begin.plain; }
};

// Extends copies in both directions as far as both images agree, at most up to the neighbours' ends; copies
// that then touch and lie alike in the base become one. `copies` ascend without overlaps. Fails as
// ByteSource::read does.
Result<std::vector<ImageCopy>> grow_copies(std::vector<ImageCopy> copies, const ByteSource& target,
                                           const ByteSource& base);

// All of the target, in order, without gaps. `scan` is that of the target image; `copies` ascend without
// overlaps and lie outside of opened content, or the part of them inside is ignored.
std::vector<LayoutRun> lay_out_target(const std::vector<BlockRun>& scan, const std::vector<ImageCopy>& copies,
                                      const MapOutline& outline);

}  // namespace dunlin
