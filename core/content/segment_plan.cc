#include "core/content/segment_plan.h"

#include "core/content/pack_table.h"

namespace dunlin {

namespace {

constexpr std::uint32_t full_segment_size_min = 1u << 20;
constexpr std::uint64_t cut_granularity = 4096;

struct PlannedRun {
  std::uint64_t length = 0;
  PlanKind kind = PlanKind::data;
};

// Gives `kind` to maximal sequences of runs that satisfy `belongs`, hold no other kind yet and are long
// enough.
void claim(std::vector<PlannedRun>& planned, const std::vector<BlockRun>& runs, bool BlockRun::*belongs,
           PlanKind kind, std::uint64_t length_min) {
  for (std::size_t begin = 0; begin < runs.size();) {
    std::size_t end = begin;
    std::uint64_t length = 0;
    for (; end < runs.size() && runs[end].*belongs && planned[end].kind == PlanKind::data; ++end)
      length += runs[end].length;
    if (length >= length_min)
      for (std::size_t i = begin; i < end; ++i) planned[i].kind = kind;
    begin = std::max(end, begin + 1);
  }
}

std::vector<PlannedRun> merge(const std::vector<PlannedRun>& runs) {
  std::vector<PlannedRun> merged;
  for (const PlannedRun& run : runs) {
    if (run.length == 0) continue;
    if (!merged.empty() && merged.back().kind == run.kind)
      merged.back().length += run.length;
    else
      merged.push_back(run);
  }
  return merged;
}

// Even parts: a short rest would compress on its own and badly.
void split(const PlannedRun& run, std::uint64_t offset, std::vector<PlannedSegment>& plan) {
  const std::uint64_t count = (run.length + segment_size_max - 1) / segment_size_max;
  const std::uint64_t even = (run.length + count - 1) / count;
  const std::uint64_t part = (even + cut_granularity - 1) / cut_granularity * cut_granularity;
  for (std::uint64_t done = 0; done < run.length; done += part) {
    const std::uint64_t length = std::min(part, run.length - done);
    plan.push_back({offset + done, static_cast<std::uint32_t>(length), run.kind});
  }
}

// True for one chunk in 16: with 64 KiB chunks a segment has about 2 MiB.
bool ends_segment(const Chunk& chunk) {
  return (chunk.digest.bytes[0] & 0x0F) == 0;
}

}  // namespace

std::vector<PlannedSegment> plan_delta(const std::vector<BlockRun>& runs) {
  std::vector<PlannedRun> planned(runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) planned[i].length = runs[i].length;
  claim(planned, runs, &BlockRun::zero, PlanKind::zero, zero_run_min);
  claim(planned, runs, &BlockRun::same, PlanKind::same, same_run_min);

  std::vector<PlannedSegment> plan;
  std::uint64_t offset = 0;
  for (const PlannedRun& run : merge(planned)) {
    split(run, offset, plan);
    offset += run.length;
  }
  return plan;
}

void FullPlanner::add(const Chunk& chunk, bool is_zero) {
  const PlanKind kind = is_zero ? PlanKind::zero : PlanKind::data;
  if (open_.kind != kind || open_.length + chunk.length > segment_size_max) close();
  if (open_.length == 0) open_ = {chunk.offset, 0, kind};
  open_.length += chunk.length;
  if (kind == PlanKind::data && open_.length >= full_segment_size_min && ends_segment(chunk)) close();
}

void FullPlanner::close() {
  if (open_.length > 0) plan_.push_back(open_);
  open_ = {};
}

std::vector<PlannedSegment> FullPlanner::finish() {
  close();
  return std::move(plan_);
}

}  // namespace dunlin
