#pragma once
#include "core/codec/zstd.h"
#include "core/content/pack_table.h"

namespace dunlin {

// Turns the frame of one segment into its plain bytes, unverified. Buffers grow to what the segments ask
// for, at most the limits of pack_table.h. One thread at a time.
class SegmentDecoder {
 public:
  // `base` has the base's addresses (BaseSpace), or is null for full packs. Both outlive the decoder.
  SegmentDecoder(const ByteSource& pack, const ByteSource* base, std::uint64_t base_size,
                 const ExpandMap& base_map);

  // What target_ranges refer to; it outlives the decoder. Segments with such ranges need it.
  void use_target(const ByteSource& target) { target_ = &target; }

  // Exactly `plain_length` bytes; they stay valid until the next call of anything here. Fails as
  // ByteSource::read does, or with bad_image when frame and base do not make that many bytes. The segment
  // obeys the limits, and there is a base when it needs one.
  Result<ByteView> decode(const Segment& segment);
  // Whether the pack holds the frame it was written with, or none is needed. Reads it again.
  bool frame_is_whole(const Segment& segment);
  // Frees what was only needed on the way to the plain bytes.
  void release_inputs();

 private:
  Result<void> decode_into(const Segment& segment, ByteSpan out);
  Result<void> decode_plain(const Segment& segment, ByteSpan out);
  Result<void> read_frame(const Segment& segment);
  Result<void> read_prefix(const Segment& segment);
  Result<void> read_base_ranges(const Segment& segment);
  Result<void> read_target_ranges(const Segment& segment);

  const ByteSource& pack_;
  const ByteSource* base_;
  const ByteSource* target_ = nullptr;
  std::uint64_t base_size_;
  const ExpandMap& base_map_;
  Decompressor decompressor_;
  Bytes frame_;
  Bytes prefix_;
  Bytes decoded_;
  std::size_t zeros_ = 0;  // so many bytes at the front of `decoded_` are known to be zero
};

// Bytes that a segment's ranges name.
std::uint64_t base_ranges_size(const Segment& segment);
std::uint64_t target_ranges_size(const Segment& segment);

}  // namespace dunlin
