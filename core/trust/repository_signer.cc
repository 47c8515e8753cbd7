#include "core/trust/repository_signer.h"

#include <algorithm>
#include <set>

#include "core/base/check.h"
#include "core/trust/canonical_json.h"
#include "core/trust/repository_path.h"
#include "core/trust/repository_signer_state.h"

namespace dunlin {

namespace {

using Json = nlohmann::json;

constexpr const char* role_names[] = {"root", "targets", "snapshot", "timestamp"};

bool is_role(const std::string& name) {
  return std::find(std::begin(role_names), std::end(role_names), name) != std::end(role_names);
}

SigningKey make_key(const std::string& role) {
  return {role, Ed25519SecretKey::generate()};
}

void give_role_to(Json& root_body, const SigningKey& key) {
  root_body["keys"][key.id()] = to_key_json(key.secret.public_key());
  root_body["roles"][key.role] = {{"keyids", Json::array({key.id()})}, {"threshold", 1}};
}

// Keys that speak for no role any more leave the root.
void drop_unused_keys(Json& root_body) {
  std::set<std::string> used;
  for (const Json& role : root_body["roles"])
    for (const Json& id : role["keyids"]) used.insert(id.get<std::string>());
  Json kept = Json::object();
  for (const auto& [id, key] : root_body["keys"].items())
    if (used.contains(id)) kept[id] = key;
  root_body["keys"] = kept;
}

std::string release_custom(const Manifest& manifest) {
  const Json custom{
      {"product", manifest.product}, {"version", manifest.version}, {"hardware", manifest.hardware}};
  Result<std::string> text = to_canonical_json(custom);
  CHECK(text.has_value());  // strings only
  return std::move(*text);
}

}  // namespace

nlohmann::json to_target_json(const TargetFile& target) {
  Json json{{"length", target.size}, {"hashes", {{"sha256", target.sha256.hex()}}}};
  if (target.custom.empty()) return json;
  Result<Json> custom = parse_strict_json(target.custom, targets_size_max);
  CHECK(custom.has_value());  // the contract of add_target
  json["custom"] = std::move(*custom);
  return json;
}

Result<std::vector<const SigningKey*>> RepositorySigner::State::signers(const std::string& role) const {
  const Json& listed = root_body["roles"][role];
  std::vector<const SigningKey*> found;
  for (const SigningKey& key : keys) {
    const Json& ids = listed["keyids"];
    if (std::find(ids.begin(), ids.end(), Json(key.id())) != ids.end()) found.push_back(&key);
  }
  const auto threshold = listed["threshold"].get<std::int64_t>();
  if (static_cast<std::int64_t>(found.size()) >= threshold) return found;
  return fail(ErrorKind::usage, "signing needs " + std::to_string(threshold) + " key(s) of role " + role +
                                    ", and the key folder has " + std::to_string(found.size()) +
                                    ": put the key file there and try again");
}

RepositorySigner::RepositorySigner(std::unique_ptr<State> state) : state_(std::move(state)) {}
RepositorySigner::RepositorySigner(RepositorySigner&&) noexcept = default;
RepositorySigner& RepositorySigner::operator=(RepositorySigner&&) noexcept = default;
RepositorySigner::~RepositorySigner() = default;

Result<RepositorySigner> RepositorySigner::create(const RoleLifetimes& lifetimes, WallTime now) {
  auto state = std::make_unique<State>();
  state->lifetimes = lifetimes;
  state->expiry.root = now + lifetimes.root;
  state->versions.root = 1;
  state->root_body = make_role_body("root", 1, state->expiry.root);
  state->root_body["consistent_snapshot"] = true;
  for (const char* role : role_names) {
    state->keys.push_back(make_key(role));
    give_role_to(state->root_body, state->keys.back());
  }
  Result<std::vector<const SigningKey*>> signers = state->signers("root");
  if (!signers) return fail(std::move(signers.error()));
  state->root_json = sign_body(state->root_body, *signers);
  state->targets_body = make_role_body("targets", 1, now + lifetimes.targets);
  state->targets_body["targets"] = Json::object();
  state->pending.push_back({root_path(1), state->root_json});
  return RepositorySigner(std::move(state));
}

Result<void> RepositorySigner::save_keys(Disk& disk, const std::string& directory) const {
  Result<void> made = create_durable_directories(disk, directory);
  if (!made) return made;
  for (const SigningKey& key : state_->keys) {
    const std::string text = to_json(key);
    Result<void> written =
        write_private_file_atomically(disk, directory + "/" + key.file_name(), as_bytes(text));
    if (!written) return fail(std::move(written.error()), "saving the key of role " + key.role);
  }
  return {};
}

Result<RepositoryFile> RepositorySigner::add_release(const Manifest& manifest) {
  Result<void> checked = check_manifest(manifest);
  if (!checked) return fail(ErrorKind::usage, "release manifest: " + checked.error().message);
  const std::string json = to_json(manifest);
  const std::string name = manifest_target_name(manifest.product, manifest.version);
  const TargetFile target{json.size(), sha256(as_bytes(json)), release_custom(manifest)};
  auto known = state_->targets.find(name);
  if (known != state_->targets.end() && known->second.sha256 != target.sha256)
    return fail(ErrorKind::usage, "version " + manifest.version + " of " + manifest.product +
                                      " is published already with another content: choose a higher version");
  add_target(name, target);
  const std::string path = target_path(name, target.sha256);
  state_->pending.push_back({path, json});
  return RepositoryFile{path, target.size, target.sha256};
}

void RepositorySigner::add_target(const std::string& name, const TargetFile& target) {
  state_->targets[name] = target;
  state_->targets_body["targets"][name] = to_target_json(target);
}

bool RepositorySigner::remove_target(const std::string& name) {
  state_->targets_body["targets"].erase(name);
  return state_->targets.erase(name) == 1;
}

Result<std::vector<RepositoryOutput>> RepositorySigner::sign_all(WallTime now) {
  State& state = *state_;
  Result<std::vector<const SigningKey*>> targets_keys = state.signers("targets");
  if (!targets_keys) return fail(std::move(targets_keys.error()));
  Result<std::vector<const SigningKey*>> snapshot_keys = state.signers("snapshot");
  if (!snapshot_keys) return fail(std::move(snapshot_keys.error()));
  Result<std::vector<const SigningKey*>> timestamp_keys = state.signers("timestamp");
  if (!timestamp_keys) return fail(std::move(timestamp_keys.error()));

  std::vector<RepositoryOutput> outputs = std::move(state.pending);
  state.pending.clear();
  state.expiry.targets = now + state.lifetimes.targets;
  state.targets_body.update(make_role_body("targets", ++state.versions.targets, state.expiry.targets));
  state.targets_json = sign_body(state.targets_body, *targets_keys);
  outputs.push_back({targets_path(state.versions.targets), state.targets_json});
  outputs.push_back(state.sign_snapshot(now, *snapshot_keys));
  outputs.push_back(state.sign_timestamp(now, *timestamp_keys));
  return outputs;
}

RepositoryOutput RepositorySigner::State::sign_snapshot(WallTime now,
                                                        const std::vector<const SigningKey*>& signing) {
  expiry.snapshot = now + lifetimes.snapshot;
  Json body = make_role_body("snapshot", ++versions.snapshot, expiry.snapshot);
  body["meta"]["targets.json"] = make_file_meta(versions.targets, targets_json);
  snapshot_json = sign_body(body, signing);
  return {snapshot_path(versions.snapshot), snapshot_json};
}

RepositoryOutput RepositorySigner::State::sign_timestamp(WallTime now,
                                                         const std::vector<const SigningKey*>& signing) {
  expiry.timestamp = now + lifetimes.timestamp;
  Json body = make_role_body("timestamp", ++versions.timestamp, expiry.timestamp);
  body["meta"]["snapshot.json"] = make_file_meta(versions.snapshot, snapshot_json);
  return {std::string(timestamp_path), sign_body(body, signing)};
}

Result<std::vector<RepositoryOutput>> RepositorySigner::renew_timestamp(WallTime now) {
  State& state = *state_;
  if (state.versions.targets == 0)
    return fail(ErrorKind::usage, "nothing is published yet: publish a release first");
  Result<std::vector<const SigningKey*>> timestamp_keys = state.signers("timestamp");
  if (!timestamp_keys) return fail(std::move(timestamp_keys.error()));
  std::vector<RepositoryOutput> outputs;
  if (state.expiry.snapshot < now + state.lifetimes.timestamp) {
    Result<std::vector<const SigningKey*>> snapshot_keys = state.signers("snapshot");
    if (!snapshot_keys) return fail(std::move(snapshot_keys.error()));
    outputs.push_back(state.sign_snapshot(now, *snapshot_keys));
  }
  outputs.push_back(state.sign_timestamp(now, *timestamp_keys));
  return outputs;
}

Result<std::vector<RepositoryOutput>> RepositorySigner::rotate_key(const std::string& role, WallTime now) {
  State& state = *state_;
  if (!is_role(role)) return fail(ErrorKind::usage, "there is no role " + role + " to rotate the key of");
  Result<std::vector<const SigningKey*>> old_signers = state.signers("root");
  if (!old_signers) return fail(std::move(old_signers.error()));
  const SigningKey fresh = make_key(role);
  std::vector<const SigningKey*> signing = *old_signers;
  if (role == "root") signing.push_back(&fresh);

  state.expiry.root = now + state.lifetimes.root;
  give_role_to(state.root_body, fresh);
  drop_unused_keys(state.root_body);
  state.root_body.update(make_role_body("root", ++state.versions.root, state.expiry.root));
  state.root_json = sign_body(state.root_body, signing);
  std::erase_if(state.keys, [&role](const SigningKey& key) { return key.role == role; });
  state.keys.push_back(fresh);
  std::vector<RepositoryOutput> outputs = std::move(state.pending);
  state.pending.clear();
  outputs.push_back({root_path(state.versions.root), state.root_json});
  return outputs;
}

TrustedVersions RepositorySigner::versions() const {
  return state_->versions;
}
RoleExpiry RepositorySigner::expiry() const {
  return state_->expiry;
}
const std::map<std::string, TargetFile>& RepositorySigner::targets() const {
  return state_->targets;
}
const std::string& RepositorySigner::root_json() const {
  return state_->root_json;
}

}  // namespace dunlin
