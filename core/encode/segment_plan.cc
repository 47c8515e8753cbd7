#include "core/encode/segment_plan.h"

#include "core/content/pack_table.h"

namespace dunlin {

namespace {

constexpr std::uint64_t cut_granularity = 4096;
// A zero run this long ends a copied run that could go through it.
constexpr std::uint64_t zero_run_long = segment_size_max;
// Opened content that fits into a segment of its own is not cut, unless what is before it would stay short.
constexpr std::uint64_t short_segment = 1u << 20;

// Walks over the layout and hands out segments.
class DeltaPlanner {
 public:
  DeltaPlanner(const std::vector<LayoutRun>& layout, const PackedAt& packed_at)
      : layout_(layout), packed_at_(packed_at) {}

  Result<DeltaPlan> plan() {
    if (!layout_.empty()) at_ = layout_.front().begin;
    while (run_ < layout_.size() && !plan_.unfit) {
      Result<void> added = add_next();
      if (!added) return fail(std::move(added.error()));
    }
    return std::move(plan_);
  }

 private:
  Result<void> add_next() {
    const std::uint64_t zeros = zero_length(run_);
    const std::uint64_t copied = copy_length(run_);
    if (zeros >= zero_run_min && zeros >= copied) {
      add_long(PlanKind::zero, zeros, 0);
    } else if (copied >= copy_run_min) {
      add_long(PlanKind::copy, copied, *layout_[run_].base + inside());
    } else {
      return add_data();
    }
    return {};
  }

  // How far behind the beginning of its run the next segment begins, on the plain side.
  std::uint64_t inside() const { return at_.plain - layout_[run_].begin.plain; }
  std::uint64_t left_of(std::size_t run) const {
    return layout_[run].end.plain - std::max(at_.plain, layout_[run].begin.plain);
  }

  std::uint64_t zero_length(std::size_t run) const {
    std::uint64_t length = 0;
    for (; run < layout_.size() && layout_[run].is_zero; ++run) length += left_of(run);
    return length;
  }

  // Of what the base has in one piece.
  std::uint64_t copy_length(std::size_t run) const {
    std::uint64_t length = 0;
    for (std::size_t i = run; i < layout_.size() && layout_[i].base; ++i) {
      if (i > run && *layout_[i - 1].base + layout_[i - 1].plain_length() != *layout_[i].base) break;
      if (i > run && layout_[i].is_zero && layout_[i].plain_length() >= zero_run_long) break;
      length += left_of(i);
    }
    return length;
  }

  // Raw bytes, in as few segments as may be.
  void add_long(PlanKind kind, std::uint64_t length, std::uint64_t base) {
    while (length > 0) {
      const std::uint64_t part = std::min<std::uint64_t>(length, segment_size_max);
      const ExpandPosition end{at_.packed + part, at_.plain + part};
      plan_.segments.push_back({at_, end, kind, kind == PlanKind::copy ? base : 0});
      base += part;
      length -= part;
      move_to(end);
    }
  }

  Result<void> add_data() {
    const std::uint64_t limit = at_.plain + segment_size_max;
    ExpandPosition end = at_;
    for (std::size_t run = run_; run < layout_.size(); ++run) {
      const LayoutRun& next = layout_[run];
      if (run > run_ && next.is_zero && !next.base && zero_length(run) >= zero_run_min) break;
      if (next.end.plain <= limit) {
        // The first run is taken in any case: it was too short for a segment of its own.
        if (run == run_ || (!next.is_zero && !next.base)) end = next.end;
        if (ends_alone(next)) break;
        continue;
      }
      if (next.is_zero || next.base) break;
      Result<ExpandPosition> cut = cut_run(next, limit, end);
      if (!cut) return fail(std::move(cut.error()));
      end = *cut;
      break;
    }
    if (end.packed - at_.packed > segment_closed_size_max) plan_.unfit = at_;
    plan_.segments.push_back({at_, end, PlanKind::data, 0});
    move_to(end);
    return {};
  }

  // What closes it and what opens the base for the next would take memory at the same time.
  static bool ends_alone(const LayoutRun& run) {
    return run.is_opened && run.plain_length() > segment_size_max;
  }

  // Where to cut a run that does not end before `limit`; `end` is how far the segment reaches without it.
  Result<ExpandPosition> cut_run(const LayoutRun& run, std::uint64_t limit, ExpandPosition end) {
    const ExpandPosition begin = run.begin.plain > at_.plain ? run.begin : at_;
    if (run.is_opened) {
      const bool fits_alone = run.plain_length() <= segment_size_max;
      const bool is_long = end.plain - at_.plain >= short_segment;
      if (end.plain > at_.plain && (fits_alone || is_long)) return end;
      Result<std::uint64_t> packed = packed_at_(limit);
      if (!packed) return fail(std::move(packed.error()));
      return ExpandPosition{*packed, limit};
    }
    const std::uint64_t last = begin.packed + (limit - begin.plain);
    const std::uint64_t aligned = last / cut_granularity * cut_granularity;
    const std::uint64_t cut = aligned > begin.packed ? aligned : last;
    return ExpandPosition{cut, begin.plain + (cut - begin.packed)};
  }

  void move_to(ExpandPosition position) {
    at_ = position;
    while (run_ < layout_.size() && layout_[run_].end.plain <= position.plain) ++run_;
  }

  const std::vector<LayoutRun>& layout_;
  const PackedAt& packed_at_;
  DeltaPlan plan_;
  std::size_t run_ = 0;  // the first that is not planned to its end
  ExpandPosition at_;
};

}  // namespace

Result<DeltaPlan> plan_delta(const std::vector<LayoutRun>& layout, const PackedAt& packed_at) {
  return DeltaPlanner(layout, packed_at).plan();
}

}  // namespace dunlin
