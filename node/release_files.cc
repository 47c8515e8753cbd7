#include "node/release_files.h"

#include <algorithm>

#include "core/base/log.h"
#include "core/trust/repository_path.h"

namespace dunlin {

RepositoryFile manifest_file(const ReleaseOffer& offer) {
  const std::string name = manifest_target_name(offer.manifest.product, offer.manifest.version);
  return {target_path(name, offer.manifest_sha256), offer.manifest_bytes.size(), offer.manifest_sha256};
}

std::string ReleaseFiles::path_of(const RepositoryFile& file) const {
  const bool is_torrent = file.path.starts_with("torrents/");
  return is_torrent ? paths_.torrent(file.sha256) : paths_.manifest(file.sha256);
}

std::optional<Bytes> ReleaseFiles::find(const RepositoryFile& file) const {
  const std::string path = path_of(file);
  const Result<FileStatus> status = disk_.status(path);
  if (!status || status->kind != FileKind::regular || status->size != file.size) return std::nullopt;
  Result<Bytes> bytes = read_file(disk_, path, kept_torrent_size_max);
  if (!bytes || sha256(*bytes) != file.sha256) return std::nullopt;
  return std::move(*bytes);
}

Result<Bytes> ReleaseFiles::torrent(const RepositoryFile& file, std::string_view whose) const {
  Result<Bytes> bytes = read_file(disk_, paths_.torrent(file.sha256), kept_torrent_size_max);
  if (!bytes) return fail(std::move(bytes.error()), "reading the " + std::string(whose) + "'s torrent");
  if (sha256(*bytes) != file.sha256)
    return fail(ErrorKind::retry_later, "the stored torrent is damaged: fetching it again");
  return bytes;
}

Result<void> ReleaseFiles::keep(const RepositoryFile& file, ByteView bytes) {
  const std::string path = path_of(file);
  Result<void> made = disk_.create_directories(folder_of(path));
  if (!made) return made;
  return write_file_atomically(disk_, path, bytes);
}

void ReleaseFiles::keep_only(const Digest& manifest_sha256, const Manifest& manifest) {
  std::vector<std::string> torrents;
  for (const ImageEntry& image : manifest.images) {
    if (image.torrent) torrents.push_back(path_of(*image.torrent));
    for (const PackEntry& pack : image.packs) torrents.push_back(path_of(pack.torrent));
  }
  sweep(paths_.torrents(), torrents);
  sweep(paths_.releases(), {paths_.manifest(manifest_sha256)});
}

void ReleaseFiles::sweep(const std::string& directory, const std::vector<std::string>& kept) {
  for (const std::string& name : disk_.list(directory).value_or(std::vector<std::string>())) {
    const std::string path = directory + "/" + name;
    if (std::find(kept.begin(), kept.end(), path) != kept.end()) continue;
    Result<void> removed = disk_.remove(path);
    if (!removed) log_warning("old file not removed", {{"error", removed.error()}});
  }
}

}  // namespace dunlin
