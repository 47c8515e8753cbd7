#pragma once
#include <memory>

#include "core/codec/stream_codec.h"
#include "core/expand/expand_map.h"

namespace dunlin {

// From the name of a packing to the code that undoes and redoes it.

// Kinds whose runs are held in memory as a whole; such a run is at most expand_block_max long, plain or
// packed.
bool is_block_kind(PackingKind kind);
inline constexpr std::uint64_t expand_block_max = 8u << 20;

// The codec of a block kind. bad_image: no block kind, or parameters it does not know.
Result<std::unique_ptr<BlockCodec>> make_block_codec(const Packing& packing);

// Codecs for one run. bad_image: an unknown kind or unknown parameters, or a block kind with too long a run.
Result<std::unique_ptr<StreamEncoder>> make_run_encoder(const Packing& packing, const ExpandedRun& run);
Result<std::unique_ptr<StreamDecoder>> make_run_decoder(const Packing& packing, const ExpandedRun& run);

// Keeps the last block codec between runs, because making one costs more than using it.
class RunCodecs {
 public:
  Result<std::unique_ptr<StreamEncoder>> encoder(const Packing& packing, const ExpandedRun& run);
  Result<std::unique_ptr<StreamDecoder>> decoder(const Packing& packing, const ExpandedRun& run);
  Result<std::shared_ptr<BlockCodec>> block_codec(const Packing& packing);

 private:
  Packing packing_;
  std::shared_ptr<BlockCodec> block_codec_;
};

}  // namespace dunlin
