#include "core/encode/segment_match.h"

#include <algorithm>

#include "core/encode/long_reads.h"
#include "core/encode/ordered_work.h"
#include "core/match/match_index.h"

namespace dunlin {

namespace {

// Appends steps; a literal joins what was before.
class OpList {
 public:
  void copy(std::uint64_t base_offset, std::uint32_t length) {
    if (!ops_.empty() && ops_.back().literal_length == 0 && ops_.back().copy_length > 0 &&
        ops_.back().base_offset + ops_.back().copy_length == base_offset)
      ops_.back().copy_length += length;
    else
      ops_.push_back({base_offset, length, 0});
  }
  void literal(std::uint32_t length) {
    if (ops_.empty()) ops_.emplace_back();
    ops_.back().literal_length += length;
  }
  DifferenceOps take() { return std::move(ops_); }

 private:
  DifferenceOps ops_;
};

bool has_literals(const DifferenceOps& ops) {
  return std::ranges::any_of(ops, [](const DifferenceOp& op) { return op.literal_length > 0; });
}

// The segments that a search can improve.
struct SearchWork {
  std::vector<std::size_t> segments;
  std::uint64_t bytes = 0;
};

SearchWork work_of(const DeltaCut& cut, const std::vector<DifferenceOps>& ops, bool only_long) {
  SearchWork work;
  for (std::size_t i = 0; i < ops.size(); ++i) {
    if (!has_literals(ops[i]) || (only_long && !may_read_long(cut, cut.plan[i]))) continue;
    work.segments.push_back(i);
    work.bytes += cut.plan[i].plain_length();
  }
  return work;
}

// Only sorting takes long enough to be shown.
struct SearchStage {
  bool is_sorting = false;
};

MatchOptions match_options(const EncodeOptions& options, const SearchStage& stage) {
  MatchOptions result;
  result.memory_max = options.search_memory_max;
  result.cancel = options.cancel;
  result.on_progress = [&options, &stage](std::uint64_t done, std::uint64_t total) {
    if (options.on_progress && stage.is_sorting) options.on_progress({EncodePhase::sorting, done, total});
  };
  if (!options.cache_folder.empty()) {
    result.cache = options.disk;
    result.cache_folder = options.cache_folder;
    result.cache_prefix = options.cache_prefix;
  }
  return result;
}

Result<void> search_part(const DeltaCut& cut, const MatchPart& part, const SearchWork& work,
                         const EncodeOptions& options, std::vector<DifferenceOps>& ops) {
  const auto refine = [&](std::size_t index) -> Result<DifferenceOps> {
    const std::size_t number = work.segments[index];
    const PlannedSegment& segment = cut.plan[number];
    Bytes bytes(segment.plain_length());
    Result<void> read = cut.target.read(segment.begin.plain, bytes);
    if (!read) return fail(std::move(read.error()), "reading the target image");
    return part.refine(bytes, ops[number], expected_in(cut.base, segment));
  };
  std::uint64_t done = 0;
  std::vector<DifferenceOps> refined(ops.size());
  const auto consume = [&](std::size_t index, DifferenceOps result) -> Result<void> {
    const std::size_t number = work.segments[index];
    refined[number] = std::move(result);
    done += cut.plan[number].plain_length();
    if (options.on_progress) options.on_progress({EncodePhase::matching, done, work.bytes});
    return {};
  };
  OrderedWork<DifferenceOps> searching(work.segments.size(), options.cancel);
  const auto threads = static_cast<std::size_t>(options.threads);
  Result<void> searched = searching.run({threads, refine}, consume);
  if (!searched) return searched;
  for (const std::size_t number : work.segments) ops[number] = std::move(refined[number]);
  return {};
}

// Improves the steps of all segments, or of those with long opened content, by what lies in `ranges`.
Result<void> search(const DeltaCut& cut, std::vector<ByteRange> ranges, bool only_long,
                    const EncodeOptions& options, std::vector<DifferenceOps>& ops) {
  SearchWork work = work_of(cut, ops, only_long);
  if (work.segments.empty() || ranges.empty()) return {};
  SearchStage stage;
  MatchOptions wanted = match_options(options, stage);
  wanted.ranges = std::move(ranges);
  Result<MatchIndex> index = MatchIndex::open(cut.base, std::move(wanted));
  if (!index) return fail(std::move(index.error()), "searching the base image");
  stage.is_sorting = true;
  for (std::size_t i = 0; i < index->parts() && !work.segments.empty(); ++i) {
    Result<MatchPart> part = index->build(i);
    if (!part) return fail(std::move(part.error()), "searching the base image");
    Result<void> searched = search_part(cut, *part, work, options, ops);
    if (!searched) return searched;
    work = work_of(cut, ops, only_long);
  }
  return {};
}

}  // namespace

bool may_read_long(const DeltaCut& cut, const PlannedSegment& segment) {
  return cut.target.outline().long_stretch(segment.begin.plain, segment.plain_length()).has_value();
}

std::uint64_t expected_in(const SearchBase& base, const PlannedSegment& segment) {
  return base.search_begin() + segment.begin.plain;
}

DifferenceOps known_ops(const DeltaCut& cut, const PlannedSegment& segment) {
  OpList ops;
  auto run = std::ranges::upper_bound(cut.layout, segment.begin.plain, {},
                                      [](const LayoutRun& r) { return r.end.plain; });
  for (; run != cut.layout.end() && run->begin.plain < segment.end.plain; ++run) {
    const std::uint64_t begin = std::max(run->begin.plain, segment.begin.plain);
    const std::uint64_t length = std::min(run->end.plain, segment.end.plain) - begin;
    if (!run->base) {
      ops.literal(static_cast<std::uint32_t>(length));
      continue;
    }
    for (const BaseRange& range : cut.base.ranges_of(*run->base + (begin - run->begin.plain), length))
      ops.copy(range.offset, range.length);
  }
  return ops.take();
}

Result<std::vector<DifferenceOps>> match_segments(const DeltaCut& cut, const EncodeOptions& options) {
  std::vector<DifferenceOps> ops(cut.plan.size());
  for (std::size_t i = 0; i < ops.size(); ++i)
    if (cut.plan[i].kind == PlanKind::data) ops[i] = known_ops(cut, cut.plan[i]);
  Result<void> searched = search(cut, cut.base.long_ranges(), true, options, ops);
  for (DifferenceOps& steps : ops) steps = with_one_long_read(cut.base, steps);
  if (searched) searched = search(cut, cut.base.other_ranges(), false, options, ops);
  if (!searched) return fail(std::move(searched.error()));
  return ops;
}

}  // namespace dunlin
