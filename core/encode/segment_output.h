#pragma once
#include <memory>

#include "core/encode/encoded_segment.h"
#include "core/encode/ordered_work.h"
#include "core/encode/pack_encoder.h"
#include "core/encode/pack_writer.h"
#include "core/encode/work_shelf.h"

namespace dunlin {

// The last step of making a pack: encodes its segments on several threads, writes them in order, keeps each
// part on the shelf and takes those that are there already.
class SegmentOutput {
 public:
  // `shelf` may be null. All outlive it.
  SegmentOutput(File& output, const EncodeOptions& options, const WorkShelf* shelf)
      : output_(output), options_(options), shelf_(shelf) {}

  // Makes the segments of one part of the pack. Parts follow one another.
  using Encoder = std::function<Result<EncodedRun>(std::size_t part)>;
  // `count` parts; one encoder for each thread. Fails as the encoders do; device: writing failed;
  // cancelled.
  Result<EncodeSummary> write(const PackIdentity& identity, std::size_t count, std::vector<Encoder> encoders,
                              ByteView image_index);

 private:
  Result<EncodedRun> encode(const Encoder& encoder, std::size_t part) const;

  File& output_;
  const EncodeOptions& options_;
  const WorkShelf* shelf_;
};

// Options that make sense, and an output that is empty; usage otherwise.
Result<void> check_encode_call(File& output, const EncodeOptions& options);

// The shelf in options.work_folder, or null.
std::unique_ptr<WorkShelf> open_shelf(const EncodeOptions& options, ByteView identity);

}  // namespace dunlin
