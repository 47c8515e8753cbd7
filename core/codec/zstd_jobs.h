#pragma once
#include "core/codec/zstd_stream.h"

namespace dunlin {

// A frame as zstd's multi-threaded mode writes it, with one context and one thread. That mode cuts the
// content into jobs of four windows; each job begins anew with the end of the job before as its history,
// without remembered offsets, and compresses parts of 512 KiB. What a job has given out after k parts depends
// on those parts only, so parts go out one by one, and no more than a window of a job has to stay in memory.
std::unique_ptr<StreamEncoder> make_zstd_jobs_encoder(const ZstdStreamShape& shape);

}  // namespace dunlin
