#include "core/content/pack_table.h"
#include "core/content/segment_plan.h"

namespace dunlin {

namespace {

constexpr std::uint32_t full_segment_size_min = 1u << 20;

// True for one chunk in 16: with 64 KiB chunks a segment has about 2 MiB.
bool ends_segment(const Chunk& chunk) {
  return (chunk.digest.bytes[0] & 0x0F) == 0;
}

}  // namespace

void FullPlanner::add(const Chunk& chunk, bool is_zero) {
  const PlanKind kind = is_zero ? PlanKind::zero : PlanKind::data;
  if (open_.kind != kind || open_.plain_length() + chunk.length > segment_size_max) close();
  const std::uint64_t end = chunk.offset + chunk.length;
  if (open_.plain_length() == 0) open_ = {{chunk.offset, chunk.offset}, {}, kind};
  open_.end = {end, end};
  if (kind == PlanKind::data && open_.plain_length() >= full_segment_size_min && ends_segment(chunk)) close();
}

void FullPlanner::close() {
  if (open_.plain_length() > 0) plan_.push_back(open_);
  open_ = {};
}

std::vector<PlannedSegment> FullPlanner::finish() {
  close();
  return std::move(plan_);
}

}  // namespace dunlin
