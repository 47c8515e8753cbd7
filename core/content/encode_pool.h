#pragma once
#include "core/content/pack_encoder.h"
#include "core/content/segment_encoder.h"

namespace dunlin {

// Encodes a plan on several threads and hands the segments over in order, on the calling thread. At most
// about 32 MiB of finished frames wait for an earlier one. Returns after all threads have ended.
class EncodePool {
 public:
  EncodePool(const std::vector<PlannedSegment>& plan, const EncodeOptions& options)
      : plan_(plan), options_(options) {}

  using Consumer = std::function<Result<void>(EncodedSegment)>;
  // The first failure in plan order, of an encoder or of `consume`; cancelled when options.cancel turned
  // true.
  Result<void> run(std::vector<SegmentEncoder> encoders, const Consumer& consume);

 private:
  struct Shared;
  void work(SegmentEncoder& encoder, Shared& shared) const;
  Result<void> consume_all(Shared& shared, const Consumer& consume) const;
  Result<EncodedSegment> encode_one(SegmentEncoder& encoder, std::size_t index) const;

  const std::vector<PlannedSegment>& plan_;
  const EncodeOptions& options_;
};

}  // namespace dunlin
