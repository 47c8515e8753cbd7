#pragma once
#include "core/content/zero_digest.h"
#include "core/encode/encoded_segment.h"
#include "core/encode/segment_choice.h"

namespace dunlin {

// What the segments of a delta pack are made of, when all decisions are made.
struct DeltaChoices {
  const DeltaCut& cut;
  const std::vector<SegmentChoice>& choices;  // as many as planned segments
  const ByteSource& target_image;
  const PackBase& base;
  const ExpandMap& base_map;  // of the pack
};

// Encodes the planned segments of a delta pack, each in the smallest way that its choice allows. The result
// depends on what it is given and the level only. Each belongs to one thread; the choices outlive it.
class DeltaSegmentEncoder {
 public:
  DeltaSegmentEncoder(const DeltaChoices& choices, int level)
      : choices_(choices), level_(level), compressor_(level) {}
  // Fails as ByteSource::read does, or with device when memory is short.
  Result<EncodedSegment> encode(std::size_t index);

 private:
  Result<void> read_bytes(const PlannedSegment& planned, Segment& segment);
  Result<void> encode_data(const SegmentChoice& choice, EncodedSegment& encoded);
  Result<bool> make_copy(const DifferenceOps& ops, EncodedSegment& encoded);
  Result<void> try_difference(const DifferenceOps& ops, EncodedSegment& best);
  Result<void> try_plain(const std::vector<BaseRange>& ranges, EncodedSegment& best);

  const DeltaChoices& choices_;
  int level_;
  Compressor compressor_;
  ZeroDigests zero_digests_;
  Bytes bytes_;  // of the segment, plain
};

}  // namespace dunlin
