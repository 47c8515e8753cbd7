#include "core/expand/erofs_finder.h"

#include "core/expand/erofs_level.h"
#include "core/expand/erofs_tree.h"

namespace dunlin {

namespace {

Result<void> check_cancel(const FindOptions& options) {
  if (options.cancel != nullptr && options.cancel->load())
    return fail(ErrorKind::cancelled, "looking for erofs files was cancelled");
  return {};
}

Result<std::vector<ErofsStretch>> find_stretches(const ByteSource& image, const ErofsSuperblock& superblock,
                                                 const FindOptions& options) {
  std::vector<ErofsStretch> found;
  ErofsStretches stretches(image.size(), superblock.cluster_size);
  Result<void> visited = visit_erofs_files(image, superblock, [&](const ErofsInode& file) -> Result<void> {
    Result<void> going = check_cancel(options);
    if (!going) return going;
    Result<ErofsExtents> extents = read_erofs_extents(image, file);
    if (!extents) return fail(std::move(extents.error()));
    for (const ErofsStretch& stretch : stretches.of(*extents)) {
      Result<bool> opens = erofs_stretch_opens(image, stretch);
      if (!opens) return fail(std::move(opens.error()));
      if (*opens) found.push_back(stretch);
    }
    return {};
  });
  if (!visited) return fail(std::move(visited.error()));
  std::ranges::sort(found, {}, &ErofsStretch::packed_offset);
  return found;
}

std::uint32_t packing_number(std::vector<Packing>& packings, const Packing& packing) {
  const auto found = std::ranges::find(packings, packing);
  const auto index = found - packings.begin();
  if (found == packings.end()) packings.push_back(packing);
  return static_cast<std::uint32_t>(index) + 1;
}

void add_raw(ExpandLayer& layer, std::uint64_t length) {
  if (length > 0) layer.runs.push_back({length, length, 0});
}

ExpandLayer make_layer(const std::vector<ErofsStretch>& stretches, const ErofsLevel& level,
                       std::uint64_t image_size) {
  ExpandLayer layer;
  std::uint64_t end = 0;
  for (const ErofsStretch& stretch : stretches) {
    add_raw(layer, stretch.packed_offset - end);
    ExpandedRun run = to_run(stretch);
    run.packing = packing_number(layer.packings, to_packing(to_erofs_packing(stretch, level)));
    layer.runs.push_back(run);
    end = stretch.packed_offset + stretch.packed_length;
  }
  add_raw(layer, image_size - end);
  return layer;
}

}  // namespace

Result<std::optional<ExpandLayer>> find_erofs(const ByteSource& image, const FindOptions& options) {
  Result<std::optional<ErofsSuperblock>> superblock = read_erofs_superblock(image);
  if (!superblock) return fail(std::move(superblock.error()));
  if (!*superblock) return std::nullopt;
  Result<std::vector<ErofsStretch>> stretches = find_stretches(image, **superblock, options);
  if (!stretches) return fail(std::move(stretches.error()));
  if (stretches->empty()) return std::nullopt;
  Result<ErofsLevel> level = guess_erofs_level(image, *stretches);
  if (!level) return fail(std::move(level.error()));
  return make_layer(*stretches, *level, image.size());
}

}  // namespace dunlin
