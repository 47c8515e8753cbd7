#pragma once
#include "core/trust/manifest.h"

namespace dunlin {

// Refuses (device, says how many bytes to free) unless the pack, its torrent and a margin fit into
// `free_bytes` of `directory`.
Result<void> check_space(const RepositoryFile& pack, const RepositoryFile& torrent, std::uint64_t free_bytes,
                         const std::string& directory);

}  // namespace dunlin
