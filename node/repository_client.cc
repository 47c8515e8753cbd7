#include "node/repository_client.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/log.h"

namespace dunlin {

namespace {

// Bounds of the TUF client (its specification leaves them to us): far above what a fleet needs.
constexpr std::uint64_t root_size_max = 512u << 10;
constexpr std::uint64_t timestamp_size_max = 64u << 10;
constexpr std::uint64_t snapshot_size_max = 1u << 20;
constexpr std::uint64_t targets_size_max = 8u << 20;
constexpr std::uint64_t manifest_size_max = 1u << 20;
constexpr std::uint64_t file_size_max = 16u << 20;
constexpr int roots_max = 256;

std::string text_of(const Bytes& bytes) {
  return std::string(as_text(bytes));
}

// "toaster, fridge" from a target's custom field; empty when it names none or cannot be read.
std::string hardware_of(const TargetFile& target) {
  const nlohmann::json custom = nlohmann::json::parse(target.custom, nullptr, false);
  if (!custom.is_object() || !custom.contains("hardware") || !custom["hardware"].is_array()) return {};
  std::string names;
  for (const nlohmann::json& name : custom["hardware"]) {
    if (name.is_string()) names += (names.empty() ? "" : ", ") + name.get<std::string>();
  }
  return names;
}

// The newest version of `product` above `chosen` that select_release passed over, in words.
std::string why_passed_over(const TrustedMetadata& metadata, const std::string& product,
                            const std::string& hardware, const std::string& chosen) {
  const std::string prefix = "releases/" + product + "/";
  std::string newest = chosen;
  std::string sentence;
  for (const auto& [name, target] : metadata.targets()) {
    if (!name.starts_with(prefix) || !name.ends_with(".json")) continue;
    const std::string version = name.substr(prefix.size(), name.size() - prefix.size() - 5);
    const std::string fits = hardware_of(target);
    if (fits.empty() || (!newest.empty() && compare_versions(version, newest) <= 0)) continue;
    newest = version;
    sentence = "release " + version + " is for hardware " + fits + ", but this device is " + hardware;
  }
  return sentence;
}

// Whether the file that is trusted already is the one that the role above names: two files of one version may
// have been signed, for example when a seeder was restored from a backup.
bool is_expected(const TrustedMetadata::Expected& expected, std::int64_t version, const std::string& file) {
  return expected.version == version && (!expected.sha256 || *expected.sha256 == sha256(as_bytes(file)));
}

}  // namespace

Result<void> RepositoryClient::load() {
  if (metadata_) return {};
  Result<TrustedMetadata> loaded = store_.load(places_.root_metadata);
  if (!loaded) return fail(std::move(loaded.error()), "loading trusted metadata");
  metadata_ = std::move(*loaded);
  return {};
}

Result<MetadataBundle> RepositoryClient::trusted_files() {
  Result<void> loaded = load();
  if (!loaded) return fail(std::move(loaded.error()));
  return metadata_->trusted_files();
}

Task<Result<Bytes>> RepositoryClient::get(std::string path, std::uint64_t size_max, bool& missing) {
  HttpRequest request;
  request.url = places_.url + "/" + path;
  request.body_size_max = size_max;
  missing = false;
  Result<void> admitted = gate_.admit_small();
  if (!admitted) co_return fail(std::move(admitted.error()), "fetching " + path);
  auto answer = co_await http_.send(std::move(request));
  if (!answer) co_return fail(std::move(answer.error()), "fetching " + path);
  gate_.spend(answer->body.size());
  missing = answer->status == 404 || answer->status == 403;
  if (answer->status == 200) co_return std::move(answer->body);
  co_return fail(ErrorKind::retry_later,
                 fmt::format("fetching {}: {} answered {}", path, places_.url, answer->status));
}

Task<Result<std::optional<ReleaseOffer>>> RepositoryClient::newest(std::string product,
                                                                   std::string hardware) {
  auto refreshed = co_await refresh();
  if (!refreshed) co_return fail(std::move(refreshed.error()));
  std::optional<ReleaseTarget> target = select_release(*metadata_, product, hardware);
  passed_over_ = why_passed_over(*metadata_, product, hardware, target ? target->version : std::string());
  if (!target) co_return std::optional<ReleaseOffer>();
  if (latest_ && latest_->manifest_sha256 == target->file.sha256) co_return latest_;
  auto offer = co_await open(std::move(*target));
  if (offer) latest_ = *offer;
  co_return offer;
}

Task<Result<std::optional<ReleaseOffer>>> RepositoryClient::open(ReleaseTarget target) {
  bool missing = false;
  const std::string path = target.repository_path();
  auto bytes = co_await get(path, manifest_size_max, missing);
  if (!bytes) co_return fail(std::move(bytes.error()));
  Result<Manifest> manifest = open_release(target, *bytes);
  if (!manifest) co_return fail(std::move(manifest.error()), target.name);
  ReleaseOffer offer;
  offer.manifest = std::move(*manifest);
  offer.manifest_bytes = std::move(*bytes);
  offer.manifest_sha256 = target.file.sha256;
  co_return std::optional<ReleaseOffer>(std::move(offer));
}

Task<Result<Bytes>> RepositoryClient::fetch(RepositoryFile file) {
  if (file.size > file_size_max) co_return fail(ErrorKind::bad_image, file.path + " is too large");
  bool missing = false;
  auto bytes = co_await get(file.path, file.size, missing);
  if (!bytes) co_return fail(std::move(bytes.error()));
  if (bytes->size() != file.size || sha256(*bytes) != file.sha256) {
    co_return fail(ErrorKind::bad_peer,
                   fmt::format("{} from {} is not the signed file: its SHA-256 or size differs", file.path,
                               places_.url));
  }
  co_return bytes;
}

Task<Result<void>> RepositoryClient::refresh() {
  Result<void> loaded = load();
  if (!loaded) co_return loaded;
  const TrustedVersions before = metadata_->versions();
  auto followed = co_await follow_chain();
  const TrustedVersions after = metadata_->versions();
  const bool same = before.root == after.root && before.timestamp == after.timestamp &&
                    before.snapshot == after.snapshot && before.targets == after.targets;
  // Also after a failure: what was verified protects against rollback from now on.
  Result<void> saved = same ? Result<void>() : store_.save(*metadata_);
  if (!followed) co_return followed;
  co_return saved;
}

Task<Result<void>> RepositoryClient::follow_chain() {
  auto roots = co_await follow_roots();
  if (!roots) co_return roots;
  auto timestamp = co_await refresh_timestamp();
  if (!timestamp) co_return timestamp;
  auto snapshot = co_await refresh_snapshot();
  if (!snapshot) co_return snapshot;
  auto targets = co_await refresh_targets();
  co_return targets;
}

Task<Result<void>> RepositoryClient::follow_roots() {
  for (int i = 0; i < roots_max; ++i) {
    bool missing = false;
    const std::string path = fmt::format("metadata/{}.root.json", metadata_->versions().root + 1);
    auto root = co_await get(path, root_size_max, missing);
    if (missing) break;
    if (!root) co_return fail(std::move(root.error()));
    Result<void> updated = metadata_->update_root(text_of(*root));
    if (!updated) co_return fail(std::move(updated.error()), places_.url);
    log_info("new root metadata", {{"version", metadata_->versions().root}});
  }
  co_return metadata_->finish_root(clock_.now());
}

Task<Result<void>> RepositoryClient::refresh_timestamp() {
  bool missing = false;
  const std::string path = "metadata/timestamp.json";
  auto timestamp = co_await get(path, timestamp_size_max, missing);
  if (!timestamp) co_return fail(std::move(timestamp.error()));
  Result<void> updated = metadata_->update_timestamp(text_of(*timestamp), clock_.now());
  if (!updated) co_return fail(std::move(updated.error()), places_.url);
  co_return updated;
}

Task<Result<void>> RepositoryClient::refresh_snapshot() {
  const auto expected = metadata_->expected_snapshot();
  if (!expected) co_return fail(ErrorKind::bad_image, "the timestamp names no snapshot");
  const std::string trusted = metadata_->trusted_files().snapshot;
  if (is_expected(*expected, metadata_->versions().snapshot, trusted))
    co_return metadata_->update_snapshot(trusted, clock_.now());
  bool missing = false;
  const std::string path = fmt::format("metadata/{}.snapshot.json", expected->version);
  auto snapshot = co_await get(path, expected->length.value_or(snapshot_size_max), missing);
  if (!snapshot) co_return fail(std::move(snapshot.error()));
  co_return metadata_->update_snapshot(text_of(*snapshot), clock_.now());
}

Task<Result<void>> RepositoryClient::refresh_targets() {
  const auto expected = metadata_->expected_targets();
  if (!expected) co_return fail(ErrorKind::bad_image, "the snapshot names no targets");
  const std::string trusted = metadata_->trusted_files().targets;
  if (is_expected(*expected, metadata_->versions().targets, trusted))
    co_return metadata_->update_targets(trusted, clock_.now());
  bool missing = false;
  const std::string path = fmt::format("metadata/{}.targets.json", expected->version);
  auto targets = co_await get(path, expected->length.value_or(targets_size_max), missing);
  if (!targets) co_return fail(std::move(targets.error()));
  co_return metadata_->update_targets(text_of(*targets), clock_.now());
}

}  // namespace dunlin
