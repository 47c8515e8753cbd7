#pragma once
#include "core/expand/packing_codec.h"
#include "core/expand/run_index.h"

namespace dunlin {

// Opens one layer as its packed bytes come in, in order, and gives out what they already tell. The last plain
// byte of a run comes when the run is complete: a trailer may still be missing where all plain bytes are
// there.
class LayerOpener {
 public:
  // Begins at a packed offset where no run is cut, except raw ones.
  LayerOpener(const ExpandLayer& layer, std::uint64_t packed);

  // bad_image: bytes that do not decode to what the layer says, or more than it holds.
  Result<void> feed(ByteView packed, const ByteSink& out);

 private:
  Result<void> feed_run(ByteView packed, const ByteSink& out);
  Result<void> give(ByteView plain, const ByteSink& out);

  RunIndex index_;
  RunCodecs codecs_;
  std::size_t run_ = 0;
  std::uint64_t taken_ = 0;  // packed bytes of the run
  std::uint64_t given_ = 0;  // plain bytes of the run, with the last one, which is held back
  std::optional<std::uint8_t> held_;
  std::unique_ptr<StreamDecoder> decoder_;
  Bytes buffer_;
};

}  // namespace dunlin
