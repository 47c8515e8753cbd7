#pragma once
#include <functional>

#include "core/base/digest.h"
#include "core/base/disk.h"

namespace dunlin {

using ReadBackProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

// SHA-256 of the first `size` bytes of the file as the medium holds them: syncs, drops the page cache and
// reads with O_DIRECT where the file system or device allows it. Two buffers of 1 MiB: one is read while the
// other is hashed. `on_progress` is called after each; it may be empty.
Result<Digest> read_back(File& file, std::uint64_t size, const ReadBackProgress& on_progress);

}  // namespace dunlin
