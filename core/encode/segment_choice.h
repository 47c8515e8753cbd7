#pragma once
#include <mutex>

#include "core/codec/zstd.h"
#include "core/encode/base_index.h"
#include "core/encode/segment_match.h"

namespace dunlin {

// How a data segment may be encoded: what a quick trial found worth a thorough one. Addresses are those of
// the searched base.
struct SegmentChoice {
  bool try_difference = false;
  bool try_plain = false;
  DifferenceOps ops;              // of the difference
  std::vector<BaseRange> ranges;  // of a plain frame with a prefix, when not empty
};

// As kept between two runs of the same encoding; parse is total (bad_image).
Bytes to_bytes(const std::vector<SegmentChoice>& choices);
Result<std::vector<SegmentChoice>> parse_choices(ByteView bytes);

// Fingerprints of the searched base, made when they are first asked for: most deltas need none. Any thread
// may ask.
class LazyBaseIndex {
 public:
  // Both outlive it; `cancel` may be null.
  LazyBaseIndex(const SearchBase& base, const std::atomic<bool>* cancel) : base_(base), cancel_(cancel) {}
  // Fails as BaseIndex::build does, each time.
  Result<const BaseIndex*> get();

 private:
  const SearchBase& base_;
  const std::atomic<bool>* cancel_;
  std::mutex mutex_;
  std::optional<Result<BaseIndex>> index_;
};

// Decides for one segment after another; belongs to one thread. What it decides depends on the images, the
// plan and the steps only.
class SegmentChooser {
 public:
  // Both outlive it.
  SegmentChooser(const DeltaCut& cut, LazyBaseIndex& index);

  // Fails as ByteSource::read does.
  Result<SegmentChoice> choose(const PlannedSegment& segment, DifferenceOps ops);

 private:
  Result<std::size_t> choose_ops(const PlannedSegment& segment, SegmentChoice& choice) const;
  Result<std::size_t> difference_size(const PlannedSegment& segment, const DifferenceOps& ops) const;
  Result<std::size_t> plain_size(ByteView prefix);

  const DeltaCut& cut_;
  LazyBaseIndex& index_;
  Compressor compressor_;
  Bytes bytes_;
};

}  // namespace dunlin
