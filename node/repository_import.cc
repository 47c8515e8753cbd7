// What comes by hand instead of from a server.
#include <fmt/format.h>

#include "node/repository_client.h"

namespace dunlin {

Result<ReleaseOffer> RepositoryClient::import(const BundleContents& contents, const std::string& product,
                                              const std::string& hardware) {
  Result<void> loaded = load();
  if (!loaded) return fail(std::move(loaded.error()));
  TrustedMetadata next = *metadata_;
  const Result<void> updated = next.update(contents.metadata, trust_time());
  if (!updated && !next.check_fresh(trust_time())) return fail(updated.error());
  std::optional<ReleaseTarget> target;
  for (ReleaseTarget& release : fitting_releases(next, product, hardware)) {
    if (!target && contents.files.contains(release.repository_path())) target = std::move(release);
  }
  if (!target && !updated) return fail(updated.error());
  if (!target)
    return fail(ErrorKind::bad_image,
                fmt::format("the bundle holds {} {}, and nothing for this device, which is {} on {}",
                            contents.label.product, contents.label.version, product, hardware));
  ReleaseOffer offer;
  offer.manifest_bytes = contents.files.at(target->repository_path());
  Result<Manifest> manifest = open_release(*target, offer.manifest_bytes);
  if (!manifest) return fail(std::move(manifest.error()));
  offer.manifest = std::move(*manifest);
  offer.manifest_sha256 = target->file.sha256;
  Result<void> saved = updated ? store_.save(next) : Result<void>();
  if (!saved) return fail(std::move(saved.error()));
  metadata_ = std::move(next);
  latest_ = offer;
  latest_path_ = target->repository_path();
  ++own_.stock;
  tell();
  return offer;
}

}  // namespace dunlin
