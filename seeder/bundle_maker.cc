#include "seeder/bundle_maker.h"

#include "core/base/log.h"
#include "core/trust/bundle_contents.h"
#include "core/trust/repository_path.h"
#include "core/trust/version.h"
#include "seeder/bundle_output.h"
#include "seeder/published_repository.h"
#include "seeder/seeder_lock.h"
#include "seeder/timestamp_renewal.h"

namespace dunlin {

namespace {

constexpr std::uint64_t small_file_size_max = 16u << 20;

struct BundledRelease {
  std::string target_name;
  Digest manifest_sha256;
  Manifest manifest;
};

std::string newest_version(const RepositorySigner& signer, const std::string& product) {
  const std::string prefix = "releases/" + product + "/";
  std::string newest;
  for (const auto& [name, target] : signer.targets()) {
    if (!name.starts_with(prefix) || !name.ends_with(".json")) continue;
    const std::string version = name.substr(prefix.size(), name.size() - prefix.size() - 5);
    if (newest.empty() || compare_versions(version, newest) > 0) newest = version;
  }
  return newest;
}

// Fresh metadata makes a bundle that can travel for long. Without the keys it is made of what is there.
Result<void> renew_first(const SeederPaths& paths, const SeederConfig& config, BundleMachine& machine) {
  NoPassphrases nobody;
  Passphrases& passphrases = machine.passphrases == nullptr ? nobody : *machine.passphrases;
  Result<RenewalReport> renewed = renew_if_due(paths, config, machine.disk, machine.clock, passphrases);
  if (renewed) return {};
  if (renewed.error().kind != ErrorKind::usage) return fail(std::move(renewed.error()));
  log_warning("the timestamp is not renewed", {{"reason", renewed.error()}});
  return {};
}

// What goes into a bundle, in its order; gathered while nothing in the repository changes.
class Gatherer {
 public:
  Gatherer(const SeederPaths& paths, const RepositorySigner& signer, Disk& disk)
      : paths_(paths), signer_(signer), disk_(disk) {}

  Result<BundledRelease> find(const std::string& product, const std::string& version) {
    BundledRelease release;
    release.target_name = manifest_target_name(product, version);
    const auto found = signer_.targets().find(release.target_name);
    if (version.empty() || found == signer_.targets().end())
      return fail(ErrorKind::usage, version.empty() ? "there is no release yet: publish one first"
                                                    : "there is no release " + version + " of " + product +
                                                          ": see `dunlin-seeder status`");
    release.manifest_sha256 = found->second.sha256;
    Result<Manifest> manifest = read_manifest(disk_, paths_, release.target_name, found->second);
    if (!manifest) return fail(std::move(manifest.error()));
    release.manifest = std::move(*manifest);
    return release;
  }

  Result<std::vector<BundleItem>> gather(const BundledRelease& release, BundledPacks packs) {
    const TrustedVersions versions = signer_.versions();
    items_.push_back({std::string(bundle_label_path),
                      to_bytes(to_json(BundleLabel{release.manifest.product, release.manifest.version})),
                      {}});
    for (std::int64_t root = 1; root <= versions.root; ++root) add_small(root_path(root));
    add_small(std::string(timestamp_path));
    add_small(snapshot_path(versions.snapshot));
    add_small(targets_path(versions.targets));
    add_small(target_path(release.target_name, release.manifest_sha256));
    for (const ImageEntry& image : release.manifest.images) add_torrents(image);
    for (const ImageEntry& image : release.manifest.images) add_packs(image, packs);
    if (failure_) return fail(std::move(*failure_));
    return std::move(items_);
  }

 private:
  void add_small(const std::string& path) {
    Result<Bytes> bytes = read_file(disk_, paths_.published(path), small_file_size_max);
    if (bytes)
      items_.push_back({path, std::move(*bytes), {}});
    else if (!failure_)
      failure_ = std::move(bytes.error());
  }

  // All of them, small as they are: neighbours plan with packs that are not in the bundle, too.
  void add_torrents(const ImageEntry& image) {
    if (image.torrent) add_small(image.torrent->path);
    for (const PackEntry& pack : image.packs) add_small(pack.torrent.path);
  }

  void add_packs(const ImageEntry& image, BundledPacks packs) {
    for (const PackEntry& pack : image.packs) {
      if (!pack.base || packs == BundledPacks::all) items_.push_back({pack.file.path, {}, pack.file});
    }
  }

  const SeederPaths& paths_;
  const RepositorySigner& signer_;
  Disk& disk_;
  std::vector<BundleItem> items_;
  std::optional<Error> failure_;
};

}  // namespace

Result<BundleOutcome> make_bundle(const SeederPaths& paths, const SeederConfig& config,
                                  const BundleRequest& request, BundleMachine machine) {
  Result<void> renewed = renew_first(paths, config, machine);
  if (!renewed) return fail(std::move(renewed.error()));
  Result<SeederLock> lock = SeederLock::take(machine.disk, paths.lock());
  if (!lock) return fail(std::move(lock.error()));
  Result<RepositorySigner> signer =
      RepositorySigner::load(machine.disk, paths.keys(), paths.repository(), config.lifetimes);
  if (!signer) return fail(std::move(signer.error()));
  const RoleExpiry expiry = signer->expiry();
  BundleOutcome outcome;
  outcome.valid_until = std::min({expiry.root, expiry.targets, expiry.snapshot, expiry.timestamp});
  if (outcome.valid_until <= machine.clock.now())
    return fail(ErrorKind::usage,
                "the repository's metadata has expired, so no device would take the bundle: renew it with "
                "`dunlin-seeder serve`, or publish, where the keys are");
  const std::string newest = newest_version(*signer, config.product);
  outcome.product = config.product;
  outcome.version = request.version.empty() ? newest : request.version;
  if (outcome.version != newest) outcome.newer_version = newest;

  Gatherer gatherer(paths, *signer, machine.disk);
  Result<BundledRelease> release = gatherer.find(config.product, outcome.version);
  if (!release) return fail(std::move(release.error()));
  Result<std::vector<BundleItem>> items = gatherer.gather(*release, request.packs);
  if (!items) return fail(std::move(items.error()));
  for (const BundleItem& item : *items) outcome.packs += item.file ? 1 : 0;
  Result<std::uint64_t> written = write_bundle(paths, *items, request.output, machine);
  if (!written) return fail(std::move(written.error()));
  outcome.size = *written;
  return outcome;
}

}  // namespace dunlin
