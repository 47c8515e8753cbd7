#include "node/metadata_chain.h"

#include "core/base/log.h"
#include "core/trust/repository_path.h"

namespace dunlin {

namespace {

// Bounds of the TUF client (its specification leaves them to us): far above what a fleet needs.
constexpr std::uint64_t root_size_max = 512u << 10;
constexpr std::uint64_t timestamp_size_max = 64u << 10;
constexpr std::uint64_t snapshot_size_max = 1u << 20;
constexpr std::uint64_t targets_size_max = 8u << 20;
constexpr int roots_max = 256;

std::string string_of(const Bytes& bytes) {
  return std::string(as_text(bytes));
}

// Whether the file that is trusted already is the one that the role above names: two files of one version may
// have been signed, for example when a seeder was restored from a backup.
bool is_expected(const std::optional<TrustedMetadata::Expected>& expected, std::int64_t version,
                 const std::string& file) {
  if (!expected || file.empty() || expected->version != version) return false;
  return !expected->sha256 || *expected->sha256 == sha256(as_bytes(file));
}

}  // namespace

Task<Result<void>> MetadataChain::follow() {
  auto roots = co_await follow_roots();
  if (!roots) co_return roots;
  auto timestamp = co_await refresh_timestamp();
  if (!timestamp) co_return timestamp;
  auto snapshot = co_await refresh_snapshot();
  if (!snapshot) co_return snapshot;
  auto targets = co_await refresh_targets();
  co_return targets;
}

Task<Result<void>> MetadataChain::follow_roots() {
  for (int i = 0; i < roots_max; ++i) {
    bool missing = false;
    auto root =
        co_await places_.get(place_, root_path(metadata_.versions().root + 1), root_size_max, missing);
    if (missing) break;
    if (!root) co_return fail(std::move(root.error()));
    Result<void> updated = metadata_.update_root(string_of(*root));
    if (!updated) co_return fail(std::move(updated.error()), place_.name);
    log_info("new root metadata", {{"version", metadata_.versions().root}});
  }
  co_return metadata_.finish_root(clock_.now());
}

Task<Result<void>> MetadataChain::refresh_timestamp() {
  bool missing = false;
  auto timestamp = co_await places_.get(place_, std::string(timestamp_path), timestamp_size_max, missing);
  if (!timestamp) co_return fail(std::move(timestamp.error()));
  Result<void> updated = metadata_.update_timestamp(string_of(*timestamp), clock_.now());
  if (!updated) co_return fail(std::move(updated.error()), place_.name);
  co_return updated;
}

Task<Result<void>> MetadataChain::refresh_snapshot() {
  const auto expected = metadata_.expected_snapshot();
  if (!expected) co_return fail(ErrorKind::bad_image, "the timestamp names no snapshot");
  const std::string trusted = metadata_.trusted_files().snapshot;
  if (is_expected(expected, metadata_.versions().snapshot, trusted))
    co_return metadata_.update_snapshot(trusted, clock_.now());
  bool missing = false;
  const std::uint64_t size_max = expected->length.value_or(snapshot_size_max);
  auto snapshot = co_await places_.get(place_, snapshot_path(expected->version), size_max, missing);
  if (!snapshot) co_return fail(std::move(snapshot.error()));
  co_return metadata_.update_snapshot(string_of(*snapshot), clock_.now());
}

Task<Result<void>> MetadataChain::refresh_targets() {
  const auto expected = metadata_.expected_targets();
  if (!expected) co_return fail(ErrorKind::bad_image, "the snapshot names no targets");
  const std::string trusted = metadata_.trusted_files().targets;
  if (is_expected(expected, metadata_.versions().targets, trusted))
    co_return metadata_.update_targets(trusted, clock_.now());
  bool missing = false;
  const std::uint64_t size_max = expected->length.value_or(targets_size_max);
  auto targets = co_await places_.get(place_, targets_path(expected->version), size_max, missing);
  if (!targets) co_return fail(std::move(targets.error()));
  co_return metadata_.update_targets(string_of(*targets), clock_.now());
}

std::uint64_t complete_version(const TrustedMetadata& metadata) {
  const TrustedVersions versions = metadata.versions();
  if (versions.timestamp <= 0) return 0;
  const MetadataBundle files = metadata.trusted_files();
  const bool complete = is_expected(metadata.expected_snapshot(), versions.snapshot, files.snapshot) &&
                        is_expected(metadata.expected_targets(), versions.targets, files.targets);
  return static_cast<std::uint64_t>(complete ? versions.timestamp : versions.timestamp - 1);
}

std::optional<std::string> trusted_file(const TrustedMetadata& metadata, std::string_view path) {
  const TrustedVersions versions = metadata.versions();
  const MetadataBundle files = metadata.trusted_files();
  const std::int64_t first = versions.root - static_cast<std::int64_t>(files.roots.size());
  std::map<std::string, std::string, std::less<>> by_path;
  for (std::size_t i = 0; i < files.roots.size(); ++i)
    by_path[root_path(first + 1 + static_cast<std::int64_t>(i))] = files.roots[i];
  by_path[std::string(timestamp_path)] = files.timestamp;
  by_path[snapshot_path(versions.snapshot)] = files.snapshot;
  by_path[targets_path(versions.targets)] = files.targets;
  const auto found = by_path.find(path);
  if (found == by_path.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

}  // namespace dunlin
