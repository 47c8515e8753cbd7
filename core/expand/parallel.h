#pragma once
#include "core/expand/finder.h"

namespace dunlin {

// Calls work(worker, index) for every index in [0, count), on options.threads threads, each index once; which
// worker gets it is open. Returns the failure with the smallest index that was seen (then not all are
// called), or cancelled.
using ParallelWork = std::function<Result<void>(std::size_t worker, std::size_t index)>;
Result<void> for_each_parallel(std::size_t count, const FindOptions& options, const ParallelWork& work);
std::size_t worker_count(const FindOptions& options);

// Whether somebody asked to stop.
bool is_cancelled(const FindOptions& options);
tl::unexpected<Error> stopped_finding();

}  // namespace dunlin
