#pragma once
#include <memory>

#include "core/codec/stream_codec.h"
#include "core/expand/erofs_packing.h"

namespace dunlin {

// Codecs of one run of PackingKind::erofs_lz4: consecutive physical clusters of one file. From a Packing:
// bad_image when this version does not know its parameters.

// Repeats what mkfs.erofs does, with a look ahead of 256 KiB (more only behind a cluster that holds nearly as
// much): memory at most 7 MiB, commonly below 1 MiB.
Result<std::unique_ptr<StreamEncoder>> make_erofs_run_encoder(const Packing& packing, const ExpandedRun& run);
std::unique_ptr<StreamEncoder> make_erofs_encoder(const ErofsPacking& packing, const ExpandedRun& run);
// Memory: a cluster and what it holds.
Result<std::unique_ptr<StreamDecoder>> make_erofs_run_decoder(const Packing& packing, const ExpandedRun& run);
std::unique_ptr<StreamDecoder> make_erofs_decoder(const ErofsPacking& packing, const ExpandedRun& run);

}  // namespace dunlin
