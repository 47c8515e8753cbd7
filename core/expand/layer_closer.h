#pragma once
#include "core/expand/packing_codec.h"
#include "core/expand/run_index.h"

namespace dunlin {

// Closes one layer: plain bytes in, packed bytes out, run after run.
class LayerCloser {
 public:
  explicit LayerCloser(const ExpandLayer& layer) : index_(layer) {}

  // bad_image: more than the layer holds, or a run that does not close to the length it should have.
  Result<void> feed(ByteView plain, const ByteSink& out);
  // Stands at a plain offset that is the start of a run, its end, or inside a raw one.
  void seek(std::uint64_t plain);
  const RunIndex& index() const { return index_; }

 private:
  Result<void> feed_run(ByteView plain, const ByteSink& out);
  Result<void> finish_run(const ByteSink& out);
  Result<void> hand_on(ByteView packed, const ByteSink& out);

  RunIndex index_;
  RunCodecs codecs_;
  std::size_t run_ = 0;
  std::uint64_t taken_ = 0;  // plain bytes of the run
  std::uint64_t given_ = 0;  // packed bytes of the run
  std::unique_ptr<StreamEncoder> encoder_;
};

}  // namespace dunlin
