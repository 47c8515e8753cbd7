#include <optional>

#include "core/expand/erofs_finder.h"
#include "core/expand/expanded_source.h"
#include "core/expand/finder.h"
#include "core/expand/frame_finder.h"
#include "core/expand/squashfs_finder.h"

namespace dunlin {

namespace {

// What the packed runs of a layer hold, as ranges of its plain side.
std::vector<ByteRange> opened_ranges(const ExpandLayer& layer) {
  std::vector<ByteRange> ranges;
  std::uint64_t at = 0;
  for (const ExpandedRun& run : layer.runs) {
    if (!run.is_raw()) ranges.push_back({.offset = at, .length = run.plain_length});
    at += run.plain_length;
  }
  return ranges;
}

// The file systems that store compressed blocks; an image is at most one of them.
Result<std::vector<FoundRun>> find_file_system_blocks(const ByteSource& image, const FindOptions& options) {
  Result<std::vector<FoundRun>> files = find_erofs_files(image, options);
  if (!files || !files->empty()) return files;
  return find_squashfs_blocks(image, options);
}

// Adds the layer of what was found; false when that is nothing.
bool add_layer(ExpandMap& map, std::vector<FoundRun> found, std::uint64_t packed_size) {
  ExpandLayer layer = layer_of(std::move(found), packed_size);
  if (found_in(layer).empty()) return false;
  map.layers.push_back(std::move(layer));
  return true;
}

}  // namespace

Result<ExpandMap> find_compressed(const ByteSource& image, const FindOptions& options) {
  ExpandMap map;
  Result<std::vector<FoundRun>> blocks = find_file_system_blocks(image, options);
  if (!blocks) return fail(std::move(blocks.error()));
  add_layer(map, std::move(*blocks), image.size());
  // Frames anywhere, then frames in what these hold.
  std::optional<std::vector<ByteRange>> ranges;
  while (map.layers.size() < expand_layers_max) {
    const ExpandedSource space(image, map);
    if (!ranges) ranges = {{.offset = 0, .length = space.size()}};
    Result<std::vector<FoundRun>> frames = find_frames(space, *ranges, options);
    if (!frames) return fail(std::move(frames.error()));
    if (!add_layer(map, std::move(*frames), space.size())) break;
    ranges = opened_ranges(map.layers.back());
  }
  return map;
}

}  // namespace dunlin
