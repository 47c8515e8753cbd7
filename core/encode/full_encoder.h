#pragma once
#include "core/codec/zstd.h"
#include "core/content/zero_digest.h"
#include "core/encode/base_index.h"
#include "core/encode/encoded_segment.h"
#include "core/encode/segment_plan.h"

namespace dunlin {

// What the segments of a full pack are made of.
struct FullCut {
  const ByteSource& target;
  const std::vector<PlannedSegment>& plan;
  const BaseIndex& index;  // of the target
};

// Encodes the planned segments of a full pack. The result depends on the cut and the level only. Each belongs
// to one thread; the cut outlives it.
class FullEncoder {
 public:
  FullEncoder(const FullCut& cut, int level) : cut_(cut), compressor_(level) {}
  // The segments from `first` to before `end`. Fails as ByteSource::read does, or with device when memory is
  // short.
  Result<EncodedRun> encode(std::size_t first, std::size_t end);

 private:
  Result<EncodedSegment> encode(const PlannedSegment& planned);
  Result<void> encode_data(std::uint64_t offset, EncodedSegment& encoded);

  const FullCut& cut_;
  Compressor compressor_;
  ZeroDigests zero_digests_;
  Bytes bytes_;
  Bytes prefix_;
};

}  // namespace dunlin
