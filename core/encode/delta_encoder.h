#pragma once
#include "core/encode/opened_images.h"
#include "core/encode/pack_encoder.h"
#include "core/encode/pack_writer.h"
#include "core/encode/segment_choice.h"

namespace dunlin {

// Makes one delta pack: compares the images, opens what is compressed, cuts the target into segments,
// searches each in the base, chooses how to encode it, and writes the pack. Every step is kept on a shelf, so
// that an interrupted encoding goes on.
class DeltaEncoder {
 public:
  // All outlive it. Options and output are as check_encode_call wants them.
  DeltaEncoder(const ByteSource& target, const ByteSource& base, File& output, const EncodeOptions& options)
      : target_(target), base_(base), output_(output), options_(options) {}

  // Once. Fails as reading and writing do; cancelled.
  Result<EncodeSummary> run();

 private:
  Result<void> compare();
  Result<void> open();
  Result<void> cut();
  Result<std::optional<ExpandPosition>> plan();
  void close_around(ExpandPosition place);
  std::vector<ImageCopy> copies_in_image() const;
  Result<void> choose();
  Result<std::vector<SegmentChoice>> choose_anew(const DeltaCut& delta) const;
  Result<std::vector<SegmentChoice>> choose_all(const DeltaCut& delta, std::vector<DifferenceOps> ops) const;
  ExpandMap needed_base_map(const std::vector<SegmentChoice>& choices) const;
  Result<EncodeSummary> write();
  Bytes identity() const;
  ScratchPlace scratch(const char* name) const;

  const ByteSource& target_;
  const ByteSource& base_;
  File& output_;
  const EncodeOptions& options_;

  Digest base_id_;
  TargetScan scan_;
  std::unique_ptr<WorkShelf> shelf_;
  OpenedImages opened_;
  std::unique_ptr<PlainImage> plain_target_;
  std::unique_ptr<PlainImage> plain_base_;
  std::vector<LayoutRun> layout_;
  std::vector<PlannedSegment> segments_;
  std::vector<SegmentChoice> choices_;
};

}  // namespace dunlin
