#pragma once
#include <optional>

#include "core/base/disk.h"
#include "core/trust/manifest.h"
#include "node/node_paths.h"
#include "node/repository.h"

namespace dunlin {

// The manifest of an offered release, as a file of the repository.
RepositoryFile manifest_file(const ReleaseOffer& offer);

// Manifests and torrents of releases, kept on this device by their SHA-256: what is here need not be fetched,
// and neighbours can have it from here. Holds no state of its own.
class ReleaseFiles {
 public:
  ReleaseFiles(Disk& disk, NodePaths paths) : disk_(disk), paths_(std::move(paths)) {}

  // The bytes of a repository's file; nothing when it is not here, or damaged.
  std::optional<Bytes> find(const RepositoryFile& file) const;
  // A torrent that was kept; retry_later when it is damaged. `whose`: "pack", "image", for the message.
  Result<Bytes> torrent(const RepositoryFile& file, std::string_view whose) const;
  // Makes the folder when missing; on the medium when it returns.
  Result<void> keep(const RepositoryFile& file, ByteView bytes);
  // Removes every manifest but this one, and every torrent that it does not name.
  void keep_only(const Digest& manifest_sha256, const Manifest& manifest);

 private:
  std::string path_of(const RepositoryFile& file) const;
  void sweep(const std::string& directory, const std::vector<std::string>& kept);

  Disk& disk_;
  NodePaths paths_;
};

}  // namespace dunlin
