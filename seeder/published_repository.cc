#include "seeder/published_repository.h"

#include <algorithm>
#include <set>

#include "core/trust/version.h"

namespace dunlin {

namespace {

constexpr std::uint64_t manifest_size_max = 1u << 20;

// "releases/edge/1.0.json" lies at "targets/releases/edge/<sha256>.1.0.json" (TUF consistent snapshots).
std::string file_of(const std::string& target_name, const Digest& id) {
  const std::size_t slash = target_name.rfind('/') + 1;
  return "targets/" + target_name.substr(0, slash) + id.hex() + "." + target_name.substr(slash);
}

struct MissingRelease {
  Manifest manifest;
  Digest id;
};

Result<std::set<std::string>> named_files(FleetStore& store) {
  Result<std::vector<PublishedRelease>> releases = store.releases();
  if (!releases) return fail(std::move(releases.error()));
  std::set<std::string> names;
  for (const PublishedRelease& release : *releases) {
    for (const ImageEntry& image : release.images) {
      if (image.torrent) names.insert(image.torrent->path);
      for (const PackEntry& pack : image.packs) {
        names.insert(pack.file.path);
        names.insert(pack.torrent.path);
      }
    }
  }
  return names;
}

}  // namespace

Result<Manifest> read_manifest(Disk& disk, const SeederPaths& paths, const std::string& target_name,
                               const TargetFile& target) {
  const std::string path = paths.published(file_of(target_name, target.sha256));
  Result<Bytes> bytes = read_file(disk, path, manifest_size_max);
  if (!bytes) return fail(std::move(bytes.error()));
  if (sha256(*bytes) != target.sha256)
    return fail(ErrorKind::bad_image, path + " does not have the signed content; restore it from a copy");
  Result<Manifest> manifest = parse_manifest(*bytes);
  if (!manifest) return fail(std::move(manifest.error()), path);
  return manifest;
}

Result<void> mend_store(Disk& disk, const SeederPaths& paths, const RepositorySigner& signer,
                        FleetStore& store, WallTime now) {
  Result<std::vector<PublishedRelease>> releases = store.releases();
  if (!releases) return fail(std::move(releases.error()));
  std::set<Digest> known;
  for (const PublishedRelease& release : *releases) known.insert(release.manifest_sha256);
  std::vector<MissingRelease> missing;
  for (const auto& [name, target] : signer.targets()) {
    if (!name.starts_with("releases/") || known.contains(target.sha256)) continue;
    Result<Manifest> manifest = read_manifest(disk, paths, name, target);
    if (!manifest) return fail(std::move(manifest.error()));
    missing.push_back(MissingRelease{std::move(*manifest), target.sha256});
  }
  std::sort(missing.begin(), missing.end(), [](const MissingRelease& left, const MissingRelease& right) {
    return compare_versions(left.manifest.version, right.manifest.version) < 0;
  });
  for (const MissingRelease& release : missing) {
    Result<void> recorded = store.record(release.manifest, release.id, now);
    if (!recorded) return recorded;
  }
  return {};
}

Result<std::size_t> sweep_orphans(Disk& disk, const SeederPaths& paths, FleetStore& store) {
  Result<std::set<std::string>> named = named_files(store);
  if (!named) return fail(std::move(named.error()));
  std::size_t count = 0;
  for (const std::string folder : {"packs", "torrents"}) {
    Result<std::vector<std::string>> names = disk.list(paths.published(folder));
    if (!names) return fail(std::move(names.error()));
    for (const std::string& name : *names) {
      const std::string path = folder + "/" + name;
      if (named->contains(path)) continue;
      Result<void> removed = disk.remove(paths.published(path));
      if (!removed) return fail(std::move(removed.error()));
      ++count;
    }
  }
  return count;
}

}  // namespace dunlin
