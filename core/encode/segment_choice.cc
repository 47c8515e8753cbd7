#include "core/encode/segment_choice.h"

#include <algorithm>

#include "core/content/range_bytes.h"
#include "core/delta/difference_frame.h"
#include "core/encode/base_match.h"
#include "core/encode/long_reads.h"

namespace dunlin {

namespace {

constexpr int trial_level = 3;
constexpr int plain_trial_level = 6;
// A difference this small has no rival.
constexpr std::size_t small_difference = 2048;
// One that is worse in the trial by more than this will not win. A thorough search finds more in a prefix
// than a quick one does; what a difference refers to is found already.
constexpr double margin = 1.15;
constexpr double prefix_margin = 1.4;
// Content that is new resembles all of a large base in short strings. Telling of each takes more than the
// string itself, among its like: an application of 4 MiB is a fifth smaller without them.
constexpr std::uint32_t short_copy = 64;
// So little is quickly made in every form: no trial decides.
constexpr std::size_t try_all_size = 1u << 20;

bool may_win(std::size_t size, std::size_t best, double by) {
  return static_cast<double>(size) <= static_cast<double>(best) * by;
}

}  // namespace

Result<const BaseIndex*> LazyBaseIndex::get() {
  const std::lock_guard lock(mutex_);
  if (!index_) index_ = BaseIndex::build(base_, base_.search_begin(), cancel_);
  if (!*index_) return fail(index_->error());
  return &**index_;
}

SegmentChooser::SegmentChooser(const DeltaCut& cut, LazyBaseIndex& index)
    : cut_(cut), index_(index), compressor_(plain_trial_level) {}

Result<SegmentChoice> SegmentChooser::choose(const PlannedSegment& segment, DifferenceOps ops) {
  bytes_.resize(segment.plain_length());
  Result<void> read = cut_.target.read(segment.begin.plain, bytes_);
  if (!read) return fail(std::move(read.error()), "reading the target image");
  SegmentChoice choice;
  choice.ops = std::move(ops);
  Result<std::size_t> difference = choose_ops(segment, choice);
  if (!difference) return fail(std::move(difference.error()));
  choice.try_difference = true;
  if (*difference <= small_difference) return choice;

  Result<const BaseIndex*> index = index_.get();
  if (!index) return fail(std::move(index.error()));
  choice.ranges = match_base(bytes_, expected_in(cut_.base, segment), **index);
  std::erase_if(choice.ranges, [this, read = long_read(cut_.base, choice.ops)](const BaseRange& range) {
    const std::optional<std::size_t> touched = cut_.base.long_stretch(range.offset, range.length);
    return touched && touched != read;
  });
  choice.try_plain = true;
  Bytes prefix(total_length(choice.ranges));
  if (bytes_.size() + prefix.size() <= try_all_size) return choice;

  read = read_ranges(cut_.base, choice.ranges, prefix);
  if (!read) return fail(std::move(read.error()), "reading the base image");
  Result<std::size_t> alone = plain_size({});
  if (!alone) return fail(std::move(alone.error()));
  Result<std::size_t> beside = plain_size(prefix);
  if (!beside) return fail(std::move(beside.error()));
  const std::size_t best = std::min({*difference, *alone, *beside});
  choice.try_difference = may_win(*difference, best, margin);
  choice.try_plain = may_win(*alone, best, margin);
  if (!may_win(*beside, best, prefix_margin)) choice.ranges.clear();
  if (!choice.try_difference) choice.ops.clear();
  return choice;
}

// What the trial gives for the better steps.
Result<std::size_t> SegmentChooser::choose_ops(const PlannedSegment& segment, SegmentChoice& choice) const {
  Result<std::size_t> size = difference_size(segment, choice.ops);
  if (!size || *size <= small_difference) return size;
  DifferenceOps fewer = without_short_copies(choice.ops, short_copy);
  if (fewer.size() == choice.ops.size()) return size;
  Result<std::size_t> simpler = difference_size(segment, fewer);
  if (simpler && *simpler > *size) return size;
  choice.ops = std::move(fewer);
  return simpler;
}

Result<std::size_t> SegmentChooser::difference_size(const PlannedSegment& segment,
                                                    const DifferenceOps& ops) const {
  Result<Bytes> frame =
      write_difference_frame(bytes_, ops, cut_.base, expected_in(cut_.base, segment), trial_level);
  if (!frame) return fail(std::move(frame.error()));
  return frame->size();
}

Result<std::size_t> SegmentChooser::plain_size(ByteView prefix) {
  Result<ByteView> frame = compressor_.compress(bytes_, prefix);
  if (!frame) return fail(std::move(frame.error()));
  return frame->size();
}

}  // namespace dunlin
