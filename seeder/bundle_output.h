#pragma once
#include <optional>
#include <vector>

#include "core/trust/manifest.h"
#include "seeder/bundle_maker.h"

namespace dunlin {

// One member of a bundle: bytes in memory, or a file of the repository that is copied and compared with its
// digest on the way.
struct BundleItem {
  std::string path;
  Bytes bytes;
  std::optional<RepositoryFile> file;

  std::uint64_t size() const { return file ? file->size : bytes.size(); }
};

// Writes them to `output` in this order: to a file beside it first, which replaces it when it is whole and on
// the medium. Returns the bundle's size. Failures leave what was there before.
Result<std::uint64_t> write_bundle(const SeederPaths& paths, const std::vector<BundleItem>& items,
                                   const std::string& output, BundleMachine& machine);

}  // namespace dunlin
