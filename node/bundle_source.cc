#include "node/bundle_source.h"

#include "core/base/log.h"
#include "node/bundle_verdict.h"
#include "node/release_files.h"

namespace dunlin {

namespace {

const std::string held_setting = "bundle";  // "<manifest's SHA-256> <path>"; empty: none
constexpr std::size_t held_digest_digits = 64;
constexpr std::uint64_t held_manifest_size_max = 1u << 20;

// The phases in which a plan can still change.
bool takes_bundles(Phase phase) {
  return phase != Phase::verifying && phase != Phase::staged && phase != Phase::trial;
}

}  // namespace

Task<Result<std::string>> BundleSource::take(std::string path, ApplierStatus applier) {
  if (!path.starts_with("/")) co_return fail(ErrorKind::usage, "the path of a bundle must begin with /");
  Disk& disk = context_.disk;
  auto job = [&disk, path] { return open_bundle(disk, path); };
  auto opened = co_await offload(context_.io, context_.pool, std::move(job));
  if (!opened) co_return fail(std::move(opened.error()));
  if (!takes_bundles(context_.live.machine.phase))
    co_return fail(ErrorKind::usage, "release " + context_.live.target_version +
                                         " is being brought into use: wait until it is confirmed, or reboot");
  co_return hold(std::move(*opened), applier);
}

Result<std::string> BundleSource::hold(OpenedBundle opened, const ApplierStatus& applier) {
  const std::string path = opened.bundle->path;
  Result<ReleaseOffer> offer = context_.repository.import(opened.contents, applier.product, applier.hardware);
  if (!offer) return fail(explain_bundle_failure(std::move(offer.error())), path);
  Result<BundleVerdict> verdict = judge_bundle(*offer, applier);
  if (!verdict) return fail(std::move(verdict.error()), path);
  const std::string version = offer->manifest.version;
  if (*verdict == BundleVerdict::runs_already) return "release " + version + " runs here already";
  Result<void> saved = keep_files(*offer, opened.contents);
  if (saved) saved = context_.store.save_setting(held_setting, offer->manifest_sha256.hex() + " " + path);
  if (!saved) return fail(std::move(saved.error()));
  context_.journal.add("bundle", version, "release " + version + " from the bundle " + path);
  set(std::move(opened.bundle), std::move(*offer));
  is_news_ = true;
  return "installing release " + version + " from " + path;
}

// Neighbours get them from here, and a restart needs them. A torrent that is missing or not the signed one is
// fetched when it is needed.
Result<void> BundleSource::keep_files(const ReleaseOffer& offer, const BundleContents& contents) {
  ReleaseFiles files(context_.disk, context_.paths);
  std::vector<RepositoryFile> torrents;
  for (const ImageEntry& image : offer.manifest.images) {
    if (image.torrent) torrents.push_back(*image.torrent);
    for (const PackEntry& pack : image.packs) torrents.push_back(pack.torrent);
  }
  for (const RepositoryFile& torrent : torrents) {
    const auto found = contents.files.find(torrent.path);
    if (found == contents.files.end() || sha256(found->second) != torrent.sha256) continue;
    if (files.find(torrent)) continue;
    Result<void> kept = files.keep(torrent, found->second);
    if (!kept) return kept;
  }
  return files.keep(manifest_file(offer), offer.manifest_bytes);
}

void BundleSource::set(std::shared_ptr<const OpenBundle> bundle, ReleaseOffer offer) {
  context_.live.bundle = bundle->path;
  bundle_ = std::move(bundle);
  offer_ = std::move(offer);
}

Task<> BundleSource::restore() {
  const std::string held = context_.store.setting(held_setting).value_or("");
  if (held.size() <= held_digest_digits) co_return;
  const Result<Digest> manifest = Digest::from_hex(held.substr(0, held_digest_digits));
  const std::string path = held.substr(held_digest_digits + 1);
  if (!manifest || !takes_bundles(context_.live.machine.phase)) co_return;
  Disk& disk = context_.disk;
  auto job = [&disk, path] { return open_bundle(disk, path); };
  auto opened = co_await offload(context_.io, context_.pool, std::move(job));
  Result<Bytes> bytes = read_file(disk, context_.paths.manifest(*manifest), held_manifest_size_max);
  Result<Manifest> parsed = bytes && sha256(*bytes) == *manifest
                                ? parse_manifest(*bytes)
                                : fail(ErrorKind::device, "the manifest of its release is damaged here");
  if (opened && parsed) {
    ReleaseOffer offer{std::move(*parsed), std::move(*bytes), *manifest};
    Result<void> kept = keep_files(offer, opened->contents);
    if (!kept) log_warning("files of the bundle are not kept", {{"error", kept.error()}});
    set(std::move(opened->bundle), std::move(offer));
    is_news_ = true;  // the plan that goes on now may be another one's
    co_return;
  }
  const std::string why = opened ? parsed.error().message : opened.error().message;
  context_.journal.add("bundle_gone", {},
                       "the bundle cannot be read any more: " + why +
                           "; what was copied is kept, and `dunlin-node install FILE` goes on from there");
  drop();
}

void BundleSource::drop() {
  bundle_.reset();
  offer_.reset();
  is_news_ = false;
  context_.live.bundle.clear();
  if (context_.store.setting(held_setting).value_or("").empty()) return;
  Result<void> saved = context_.store.save_setting(held_setting, "");
  if (!saved) log_warning("the bundle is not forgotten", {{"error", saved.error()}});
}

const std::optional<ReleaseOffer>& BundleSource::look() {
  is_news_ = false;
  return offer_;
}

std::vector<LanOffer> BundleSource::offers() const {
  std::vector<LanOffer> offers;
  if (!bundle_) return offers;
  for (const ImageEntry& image : offer_->manifest.images) {
    for (const PackEntry& pack : image.packs) {
      if (bundle_->index->find(pack.file.path) != nullptr)
        offers.push_back({content_key(pack.file.sha256), pack.file.size, "the bundle"});
    }
  }
  return offers;
}

}  // namespace dunlin
