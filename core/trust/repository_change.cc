// How a signer publishes what was signed here or elsewhere.
#include "core/base/check.h"
#include "core/trust/canonical_json.h"
#include "core/trust/repository_path.h"
#include "core/trust/repository_signer_state.h"
#include "core/trust/tuf_targets.h"

namespace dunlin {

namespace {

using Json = nlohmann::json;

RootRole role_of_root(const std::string& json) {
  Result<SignedFile> file = parse_signed_file(json, root_size_max);
  CHECK(file.has_value());  // came through TrustedMetadata
  Result<RootRole> root = parse_root(*file);
  CHECK(root.has_value());
  return std::move(*root);
}

Result<SignedFile> verified_targets(const std::string& json, const std::string& root_json) {
  Result<SignedFile> file = parse_signed_file(json, targets_size_max);
  if (!file) return fail(std::move(file.error()), "targets");
  Result<void> verified = verify_signatures(*file, role_of_root(root_json).keys_of("targets"));
  if (!verified) return fail(ErrorKind::usage, "targets " + verified.error().message);
  return file;
}

}  // namespace

Result<SigningRequest> RepositorySigner::change_root(const RootEdit& edit, WallTime now) const {
  const State& state = *state_;
  if (state.root_is_ahead)
    return fail(ErrorKind::usage, "the last change of the root is not finished: renew the timestamp first");
  Result<Json> body = edit_root(state.root_body, edit);
  if (!body) return fail(std::move(body.error()));
  body->update(state.role_body("root", state.versions.root + 1, now, state.lifetimes.root));
  SigningRequest request{state.root_json, state.targets_json, make_signed_file(*body, {}), ""};
  // Keys that were added leave the published targets valid; a client that knows one of the old keys no more,
  // or asks for more signatures, does not.
  const bool keeps_targets =
      state.targets_json.empty() || verified_targets(state.targets_json, request.root).has_value();
  if (!keeps_targets) request.targets = next_targets(now).targets;
  return request;
}

SigningRequest RepositorySigner::next_targets(WallTime now) const {
  const State& state = *state_;
  Json body = state.targets_body;
  body.update(state.role_body("targets", state.versions.targets + 1, now, state.lifetimes.targets));
  return {state.root_json, state.targets_json, "", make_signed_file(body, {})};
}

std::vector<RepositoryOutput> RepositorySigner::take_pending() {
  std::vector<RepositoryOutput> outputs = std::move(state_->pending);
  state_->pending.clear();
  return outputs;
}

bool RepositorySigner::needs_signing() const {
  return state_->root_is_ahead;
}

Json RepositorySigner::State::role_body(const std::string& type, std::int64_t version, WallTime now,
                                        std::chrono::hours lifetime) const {
  const WallTime signed_at = signing_time(now);
  return make_role_body(type, version, signed_at + lifetime, signed_at);
}

std::optional<WallTime> RepositorySigner::proven_time() const {
  return state_->proven;
}

Result<void> RepositorySigner::State::take_root(const std::string& json) {
  Result<TrustedMetadata> trusted = TrustedMetadata::from_root(root_json);
  if (!trusted) return fail(std::move(trusted.error()));
  Result<void> updated = trusted->update_root(json);
  if (!updated) return fail(ErrorKind::usage, "the change cannot be published: " + updated.error().message);
  Result<SignedFile> file = parse_signed_file(json, root_size_max);
  CHECK(file.has_value());
  root_json = json;
  root_body = file->body;
  versions.root = trusted->versions().root;
  JsonFailure failure;
  expiry.root = read_role_header(JsonReader(root_body, "", failure), "root").expires;
  return {};
}

Result<void> RepositorySigner::State::take_targets(const std::string& json) {
  Result<SignedFile> file = verified_targets(json, root_json);
  if (!file) return fail(std::move(file.error()));
  Result<TargetsRole> role = parse_targets(*file);
  if (!role) return fail(std::move(role.error()), "targets");
  if (role->header.version != versions.targets + 1)
    return fail(ErrorKind::usage, "targets version " + std::to_string(role->header.version) +
                                      " does not follow the published " + std::to_string(versions.targets));
  targets_json = json;
  targets_body = file->body;
  targets = role->target_files();
  versions.targets = role->header.version;
  expiry.targets = role->header.expires;
  return {};
}

Result<void> RepositorySigner::State::sign_snapshot(WallTime now, std::vector<RepositoryOutput>& outputs) {
  Result<std::vector<const KeyFile*>> keys = signers("snapshot");
  if (!keys) return fail(std::move(keys.error()));
  expiry.snapshot = signing_time(now) + lifetimes.snapshot;
  Json body = role_body("snapshot", ++versions.snapshot, now, lifetimes.snapshot);
  body["meta"]["targets.json"] = make_file_meta(versions.targets, targets_json);
  Result<std::string> file = sign(body, *keys);
  if (!file) return fail(std::move(file.error()));
  snapshot_json = std::move(*file);
  outputs.push_back({snapshot_path(versions.snapshot), snapshot_json});
  return {};
}

Result<void> RepositorySigner::State::sign_timestamp(WallTime now, std::vector<RepositoryOutput>& outputs) {
  Result<std::vector<const KeyFile*>> keys = signers("timestamp");
  if (!keys) return fail(std::move(keys.error()));
  expiry.timestamp = signing_time(now) + lifetimes.timestamp;
  Json body = role_body("timestamp", ++versions.timestamp, now, lifetimes.timestamp);
  body["meta"]["snapshot.json"] = make_file_meta(versions.snapshot, snapshot_json);
  Result<std::string> file = sign(body, *keys);
  if (!file) return fail(std::move(file.error()));
  root_is_ahead = false;
  proven = signing_time(now);
  outputs.push_back({std::string(timestamp_path), std::move(*file)});
  return {};
}

Result<void> RepositorySigner::State::publish(const SigningRequest& request, WallTime now,
                                              std::vector<RepositoryOutput>& outputs) {
  const bool has_root = !request.root.empty() && request.root != root_json;
  const bool has_targets = !request.targets.empty() && request.targets != targets_json;
  if (!has_root && !has_targets && !root_is_ahead) return {};
  if (has_root) {
    Result<void> taken = take_root(request.root);
    if (!taken) return taken;
  }
  if (has_targets) {
    Result<void> taken = take_targets(request.targets);
    if (!taken) return taken;
    outputs.push_back({targets_path(versions.targets), targets_json});
  }
  if (versions.targets == 0) {  // made and never published: only the root changes
    outputs.push_back({root_path(versions.root), root_json});
    return {};
  }
  Result<SignedFile> valid = verified_targets(targets_json, root_json);
  if (!valid) return fail(std::move(valid.error()));
  Result<void> snapshot = sign_snapshot(now, outputs);
  if (!snapshot) return snapshot;
  // As late as can be: between this root and its timestamp clients find nothing that they may trust.
  if (has_root) outputs.push_back({root_path(versions.root), root_json});
  return sign_timestamp(now, outputs);
}

Result<std::vector<RepositoryOutput>> RepositorySigner::take(const SigningRequest& request, WallTime now) {
  State next = *state_;
  std::vector<RepositoryOutput> outputs = std::move(next.pending);
  next.pending.clear();
  Result<void> published = next.publish(request, now, outputs);
  if (!published) return fail(std::move(published.error()));
  *state_ = std::move(next);
  return outputs;
}

}  // namespace dunlin
