#include "core/trust/metadata.h"

#include "core/trust/metadata_state.h"

namespace dunlin {

namespace {

// More rotations than a repository ever sees; bounds what a store can grow to.
constexpr std::size_t roots_max = 1024;

tl::unexpected<Error> refuse(const std::string& role, const std::string& why) {
  return fail(ErrorKind::bad_image, role + ": " + why);
}

std::string rollback(std::int64_t version, std::int64_t trusted) {
  return "version " + std::to_string(version) + " is older than " + std::to_string(trusted) + " (rollback)";
}

}  // namespace

Result<TrustedMetadata> TrustedMetadata::from_root(std::string_view json) {
  Result<SignedFile> file = parse_signed_file(json, root_size_max);
  if (!file) return fail(std::move(file.error()), "root");
  Result<RootRole> root = parse_root(*file);
  if (!root) return fail(std::move(root.error()), "root");
  Result<void> verified = verify_signatures(*file, root->keys_of("root"));
  if (!verified) return fail(std::move(verified.error()), "root");
  auto state = std::make_shared<State>();
  state->root = std::move(*root);
  state->root_json = json;
  return TrustedMetadata(std::move(state));
}

Result<void> TrustedMetadata::update_root(std::string_view json) {
  Result<Trusted<RootRole>> next =
      open_role<RootRole>(json, root_size_max, state_->root.keys_of("root"), parse_root, "root");
  if (!next) return fail(std::move(next.error()));
  Result<SignedFile> file = parse_signed_file(json, root_size_max);
  if (!file) return fail(std::move(file.error()), "root");
  Result<void> verified = verify_signatures(*file, next->role.keys_of("root"));
  if (!verified) return fail(std::move(verified.error()), "root, by its own keys,");
  const std::int64_t version = next->role.header.version;
  const std::int64_t trusted = state_->root.header.version;
  if (version < trusted) return refuse("root", rollback(version, trusted));
  if (version != trusted + 1)
    return refuse("root",
                  "version " + std::to_string(version) + " does not follow " + std::to_string(trusted));
  if (state_->later_roots.size() >= roots_max)
    return refuse("root", "too many rotations since the first root");
  auto state = std::make_shared<State>(*state_);
  state->root = std::move(next->role);
  state->root_json = json;
  state->later_roots.emplace_back(json);
  state->forget_after_rotation(state_->root);
  state_ = std::move(state);
  return {};
}

Result<void> TrustedMetadata::finish_root(TrustTime now) {
  return check_expiry("root", state_->root.header, now, proven_time());
}

Result<void> TrustedMetadata::update_timestamp(std::string_view json, TrustTime now) {
  Result<void> root = finish_root(now);
  if (!root) return root;
  Result<Trusted<TimestampRole>> next = state_->open_timestamp(json);
  if (!next) return fail(std::move(next.error()));
  const TimestampRole& role = next->role;
  if (state_->timestamp) {
    const TimestampRole& trusted = state_->timestamp->role;
    if (role.header.version < trusted.header.version)
      return refuse("timestamp", rollback(role.header.version, trusted.header.version));
    // 5.4.3: nothing new; what is trusted stays, if it may still be.
    if (role.header.version == trusted.header.version)
      return check_expiry("timestamp", trusted.header, now, proven_time());
    if (role.snapshot.version < trusted.snapshot.version)
      return refuse("timestamp", "its snapshot " + rollback(role.snapshot.version, trusted.snapshot.version));
  }
  Result<void> valid = check_expiry("timestamp", role.header, now, proven_time());
  if (!valid) return valid;
  auto state = std::make_shared<State>(*state_);
  state->timestamp = std::move(*next);
  state_ = std::move(state);
  return {};
}

Result<void> TrustedMetadata::update_snapshot(std::string_view json, TrustTime now) {
  if (!state_->timestamp) return fail(ErrorKind::retry_later, "snapshot: there is no timestamp yet");
  const FileMeta& expected = state_->timestamp->role.snapshot;
  Result<void> same = check_file(expected, json);
  if (!same) return fail(std::move(same.error()), "snapshot");
  Result<Trusted<SnapshotRole>> next = state_->open_snapshot(json);
  if (!next) return fail(std::move(next.error()));
  const RoleHeader& header = next->role.header;
  if (header.version != expected.version)
    return refuse("snapshot", "version " + std::to_string(header.version) + " is not " +
                                  std::to_string(expected.version) + ", which timestamp names");
  if (state_->snapshot) {
    Result<void> follows = check_succession(state_->snapshot->role, next->role);
    if (!follows) return fail(std::move(follows.error()), "snapshot");
  }
  Result<void> valid = check_expiry("snapshot", header, now, proven_time());
  if (!valid) return valid;
  auto state = std::make_shared<State>(*state_);
  state->snapshot = std::move(*next);
  state_ = std::move(state);
  return {};
}

Result<void> TrustedMetadata::update_targets(std::string_view json, TrustTime now) {
  if (!state_->snapshot) return fail(ErrorKind::retry_later, "targets: there is no snapshot yet");
  const FileMeta& expected = state_->snapshot->role.targets.at("targets.json");
  Result<void> same = check_file(expected, json);
  if (!same) return fail(std::move(same.error()), "targets");
  Result<Trusted<TargetsRole>> next = state_->open_targets(json);
  if (!next) return fail(std::move(next.error()));
  const RoleHeader& header = next->role.header;
  if (header.version != expected.version)
    return refuse("targets", "version " + std::to_string(header.version) + " is not " +
                                 std::to_string(expected.version) + ", which snapshot names");
  Result<void> valid = check_expiry("targets", header, now, proven_time());
  if (!valid) return valid;
  auto state = std::make_shared<State>(*state_);
  state->keep(std::move(*next));
  state_ = std::move(state);
  return {};
}

Result<void> TrustedMetadata::check_fresh(TrustTime now) const {
  const State& state = *state_;
  Result<void> root = check_expiry("root", state.root.header, now, proven_time());
  if (!root) return root;
  if (!state.timestamp || !state.snapshot || !state.targets)
    return fail(ErrorKind::retry_later, "metadata is incomplete: fetch it first");
  if (state.snapshot->role.header.version != state.timestamp->role.snapshot.version)
    return fail(ErrorKind::retry_later, "snapshot: timestamp names a newer one: fetch it first");
  if (state.targets->role.header.version != state.snapshot->role.targets.at("targets.json").version)
    return fail(ErrorKind::retry_later, "targets: snapshot names a newer one: fetch it first");
  Result<void> timestamp = check_expiry("timestamp", state.timestamp->role.header, now, proven_time());
  if (!timestamp) return timestamp;
  Result<void> snapshot = check_expiry("snapshot", state.snapshot->role.header, now, proven_time());
  if (!snapshot) return snapshot;
  return check_expiry("targets", state.targets->role.header, now, proven_time());
}

std::optional<WallTime> TrustedMetadata::proven_time() const {
  const State& state = *state_;
  std::optional<WallTime> latest = state.root.header.signed_at;
  const auto look = [&latest](const RoleHeader& header) {
    if (header.signed_at && (!latest || *header.signed_at > *latest)) latest = header.signed_at;
  };
  if (state.timestamp) look(state.timestamp->role.header);
  if (state.snapshot) look(state.snapshot->role.header);
  if (state.targets) look(state.targets->role.header);
  return latest;
}

TrustedVersions TrustedMetadata::versions() const {
  const State& state = *state_;
  TrustedVersions versions;
  versions.root = state.root.header.version;
  if (state.timestamp) versions.timestamp = state.timestamp->role.header.version;
  if (state.snapshot) versions.snapshot = state.snapshot->role.header.version;
  if (state.targets) versions.targets = state.targets->role.header.version;
  return versions;
}

std::optional<TrustedMetadata::Expected> TrustedMetadata::expected_snapshot() const {
  if (!state_->timestamp) return std::nullopt;
  const FileMeta& meta = state_->timestamp->role.snapshot;
  return Expected{meta.version, meta.length, meta.sha256};
}

std::optional<TrustedMetadata::Expected> TrustedMetadata::expected_targets(const std::string& role) const {
  if (!state_->snapshot) return std::nullopt;
  const auto& listed = state_->snapshot->role.targets;
  const auto found = listed.find(role + ".json");
  if (found == listed.end()) return std::nullopt;
  return Expected{found->second.version, found->second.length, found->second.sha256};
}

bool TrustedMetadata::has_named_snapshot() const {
  if (!state_->timestamp || !state_->snapshot) return false;
  const FileMeta& named = state_->timestamp->role.snapshot;
  return state_->snapshot->role.header.version == named.version && check_file(named, state_->snapshot->json);
}

bool TrustedMetadata::has_named_targets() const {
  if (!state_->snapshot || !state_->targets) return false;
  const FileMeta& named = state_->snapshot->role.targets.at("targets.json");
  return state_->targets->role.header.version == named.version && check_file(named, state_->targets->json);
}

bool TrustedMetadata::consistent_snapshot() const {
  return state_->root.consistent_snapshot;
}

const std::map<std::string, TargetFile>& TrustedMetadata::targets() const {
  return state_->target_files;
}

const TargetsRole* TrustedMetadata::targets_role() const {
  return state_->targets ? &state_->targets->role : nullptr;
}

MetadataBundle TrustedMetadata::trusted_files() const {
  MetadataBundle files;
  files.roots = state_->later_roots;
  if (state_->timestamp) files.timestamp = state_->timestamp->json;
  if (state_->snapshot) files.snapshot = state_->snapshot->json;
  if (state_->targets) files.targets = state_->targets->json;
  return files;
}

const std::string& TrustedMetadata::root_json() const {
  return state_->root_json;
}

}  // namespace dunlin
