#pragma once
#include "core/content/base_index.h"
#include "core/codec/zstd.h"
#include "core/content/pack_table.h"
#include "core/content/segment_plan.h"
#include "core/content/zero_digest.h"

namespace dunlin {

struct EncodedSegment {
  Segment segment;  // without offsets and frame fields: the writer sets those
  Bytes frame;
};

// The base of a delta as the encoder sees it.
struct EncoderBase {
  const ByteSource& image;
  const BaseIndex& index;
};

// Turns planned segments into their smallest encoding. The result depends on the images, the plan and the
// level only. Each belongs to one thread; sources and index outlive it.
class SegmentEncoder {
 public:
  // `base` is null for full packs.
  SegmentEncoder(const ByteSource& target, const EncoderBase* base, int level)
      : target_(target), base_(base), compressor_(level) {}

  // Fails as ByteSource::read does, or with device when memory is short.
  Result<EncodedSegment> encode(const PlannedSegment& planned);

 private:
  void make_zero(Segment& segment);
  static void make_copy(Segment& segment, std::uint64_t offset);
  // Whether the base holds exactly `bytes_` at this offset.
  Result<bool> base_has(std::uint64_t offset);
  Result<bool> find_copy(EncodedSegment& encoded, std::optional<std::uint64_t> offset);
  Result<void> compress_plain(EncodedSegment& encoded);
  Result<void> compress_against_base(EncodedSegment& encoded);
  Result<void> read_prefix(const std::vector<BaseRange>& ranges);

  const ByteSource& target_;
  const EncoderBase* base_;
  Compressor compressor_;
  ZeroDigests zero_digests_;
  Bytes bytes_;
  Bytes prefix_;
};

}  // namespace dunlin
