#include "node/space_check.h"

#include <fmt/format.h>

namespace dunlin {

namespace {

constexpr std::uint64_t space_margin = 8u << 20;  // database, metadata, checkpoints

}  // namespace

Result<void> check_space(const RepositoryFile& pack, const RepositoryFile& torrent, std::uint64_t free_bytes,
                         const std::string& directory) {
  const std::uint64_t needed = pack.size + torrent.size + pack.size / 64 + space_margin;
  if (free_bytes >= needed) return {};
  return fail(ErrorKind::device,
              fmt::format("{} is too full: {} bytes are free and the update needs {}; make space for {} more",
                          directory, free_bytes, needed, needed - free_bytes));
}

}  // namespace dunlin
