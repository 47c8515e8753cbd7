#include "core/content/reuse_plan.h"

#include <algorithm>

#include <fmt/format.h>

namespace dunlin {

namespace {

// Where a segment at `target_offset` may take this chunk from.
std::optional<LocalCopy> place_of(const Chunk& chunk, const ChunkInventory& inventory,
                                  std::uint64_t target_offset) {
  const std::optional<std::uint64_t> booted = inventory.find(LocalImage::booted, chunk.digest);
  if (booted) return LocalCopy{LocalImage::booted, *booted, chunk.length};
  const Chunk* first = inventory.wanted().find(chunk.digest);
  if (first != nullptr && first->offset + first->length <= target_offset)
    return LocalCopy{LocalImage::spare, first->offset, chunk.length};
  const std::optional<std::uint64_t> spare = inventory.find(LocalImage::spare, chunk.digest);
  if (spare && *spare >= target_offset) return LocalCopy{LocalImage::spare, *spare, chunk.length};
  return std::nullopt;
}

void add_copy(std::vector<LocalCopy>& copies, const LocalCopy& next) {
  const bool follows = !copies.empty() && copies.back().image == next.image &&
                       copies.back().offset + copies.back().length == next.offset;
  if (follows)
    copies.back().length += next.length;
  else
    copies.push_back(next);
}

// The copies that make up a segment; none when a chunk is missing or does not end where the segment does.
std::vector<LocalCopy> copies_for(const Segment& segment, const ChunkInventory& inventory) {
  const std::vector<Chunk>& chunks = inventory.wanted().chunks();
  const std::uint64_t end = segment.target_offset + segment.target_length;
  std::uint64_t position = segment.target_offset;
  std::vector<LocalCopy> copies;
  for (auto chunk = std::ranges::lower_bound(chunks, position, {}, &Chunk::offset);
       chunk != chunks.end() && position < end; ++chunk) {
    if (chunk->offset != position || chunk->length > end - position) return {};
    const std::optional<LocalCopy> place = place_of(*chunk, inventory, segment.target_offset);
    if (!place) return {};
    add_copy(copies, *place);
    position += chunk->length;
  }
  if (position != end) return {};
  return copies;
}

void add_range(std::vector<ByteRange>& ranges, const ByteRange& next) {
  if (next.length == 0) return;
  if (!ranges.empty() && ranges.back().end() == next.offset)
    ranges.back().length += next.length;
  else
    ranges.push_back(next);
}

double megabytes(std::uint64_t bytes) {
  return static_cast<double>(bytes) / 1e6;
}

}  // namespace

ReusePlan::ReusePlan(const PackTable& table, const ChunkInventory& inventory, std::size_t first_segment)
    : ReusePlan(table) {
  first_segment_ = first_segment;
  for (std::size_t i = first_segment; i < table.segments.size(); ++i) {
    if (table.segments[i].frame_length > 0) copies_[i] = copies_for(table.segments[i], inventory);
  }
}

std::vector<ByteRange> ReusePlan::wanted() const {
  std::vector<ByteRange> ranges;
  add_range(ranges, {0, table_->frames_offset});
  for (std::size_t i = first_segment_; i < table_->segments.size(); ++i) {
    const Segment& segment = table_->segments[i];
    if (!is_local(i)) add_range(ranges, {segment.frame_offset, segment.frame_length});
  }
  return ranges;
}

std::uint64_t ReusePlan::wanted_size() const {
  std::uint64_t size = 0;
  for (const ByteRange& range : wanted()) size += range.length;
  return size;
}

std::uint64_t ReusePlan::content_size() const {
  std::uint64_t size = 0;
  for (const Segment& segment : table_->segments)
    size += segment.frame_length > 0 ? segment.target_length : 0;
  return size;
}

std::uint64_t ReusePlan::local_size() const {
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < table_->segments.size(); ++i) {
    const Segment& segment = table_->segments[i];
    if (segment.frame_length > 0 && (i < first_segment_ || is_local(i))) size += segment.target_length;
  }
  return size;
}

std::string ReusePlan::sentence() const {
  return fmt::format("{:.1f} of {:.1f} MB are on this device", megabytes(local_size()),
                     megabytes(content_size()));
}

}  // namespace dunlin
