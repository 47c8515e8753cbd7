#include "core/content/pack_table.h"
#include "core/encode/segment_plan.h"

namespace dunlin {

namespace {

// So many segments make a table that no reader has to fear.
constexpr std::uint64_t full_segment_count = 1u << 16;

}  // namespace

FullPlanner::FullPlanner(std::uint64_t target_size)
    : size_min_(std::min<std::uint64_t>(target_size / full_segment_count, segment_size_max)) {}

void FullPlanner::add(const Chunk& chunk, bool is_zero) {
  const PlanKind kind = is_zero ? PlanKind::zero : PlanKind::data;
  if (open_.kind != kind || open_.plain_length() + chunk.length > segment_size_max) close();
  const std::uint64_t end = chunk.offset + chunk.length;
  if (open_.plain_length() == 0) open_ = {{chunk.offset, chunk.offset}, {}, kind};
  open_.end = {end, end};
  if (kind == PlanKind::data && open_.plain_length() >= size_min_) close();
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
