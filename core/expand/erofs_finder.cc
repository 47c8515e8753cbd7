#include "core/expand/erofs_finder.h"

#include <algorithm>
#include <set>

#include "core/expand/erofs_level.h"
#include "core/expand/erofs_tail.h"
#include "core/expand/erofs_tree.h"
#include "core/expand/parallel.h"

namespace dunlin {

namespace {

constexpr std::size_t packings_max = 24;

struct ErofsContent {
  std::vector<ErofsStretch> stretches;
  std::vector<FoundRun> tails;
};

class ErofsSearch {
 public:
  ErofsSearch(const ByteSource& image, const ErofsSuperblock& superblock, const FindOptions& options)
      : image_(image), options_(options), stretches_(image.size(), superblock.cluster_size) {}

  Result<void> visit(const ErofsInode& file) {
    if (is_cancelled(options_)) return stopped_finding();
    if (const std::optional<FoundRun> tail = erofs_tail_of(file, image_.size()))
      content_.tails.push_back(*tail);
    Result<ErofsExtents> extents = read_erofs_extents(image_, file);
    if (!extents) return fail(std::move(extents.error()));
    for (const ErofsStretch& stretch : stretches_.of(*extents)) {
      Result<bool> opens = erofs_stretch_opens(image_, stretch);
      if (!opens) return fail(std::move(opens.error()));
      if (*opens) content_.stretches.push_back(stretch);
    }
    return {};
  }

  ErofsContent take() { return std::move(content_); }

 private:
  const ByteSource& image_;
  const FindOptions& options_;
  ErofsStretches stretches_;
  ErofsContent content_;
};

// A map of a pack names a limited number of packings; only odd images need more than a few.
std::vector<FoundRun> with_few_packings(std::vector<FoundRun> found) {
  std::set<Packing> known;
  std::erase_if(found, [&known](const FoundRun& run) {
    if (known.contains(run.packing)) return false;
    if (known.size() == packings_max) return true;
    known.insert(run.packing);
    return false;
  });
  return found;
}

}  // namespace

Result<std::vector<FoundRun>> find_erofs_files(const ByteSource& image, const FindOptions& options) {
  Result<std::optional<ErofsSuperblock>> superblock = read_erofs_superblock(image);
  if (!superblock) return fail(std::move(superblock.error()));
  if (!*superblock) return std::vector<FoundRun>{};
  ErofsSearch search(image, **superblock, options);
  Result<void> visited =
      visit_erofs_files(image, **superblock, [&](const ErofsInode& file) { return search.visit(file); });
  if (!visited) return fail(std::move(visited.error()));
  ErofsContent content = search.take();
  Result<ErofsLevel> level = guess_erofs_level(image, content.stretches);
  if (!level) return fail(std::move(level.error()));

  std::vector<FoundRun> found = std::move(content.tails);
  for (const ErofsStretch& stretch : content.stretches)
    found.push_back({stretch.packed_offset, stretch.packed_length, stretch.plain_length,
                     to_packing(to_erofs_packing(stretch, *level))});
  std::ranges::sort(found, {}, &FoundRun::packed_begin);
  return with_few_packings(std::move(found));
}

}  // namespace dunlin
