#include "core/trust/repository_signer.h"

#include "core/base/check.h"
#include "core/trust/canonical_json.h"
#include "core/trust/repository_path.h"
#include "core/trust/repository_signer_state.h"

namespace dunlin {

namespace {

using Json = nlohmann::json;

void give_role_to(Json& root_body, const KeyFile& key) {
  root_body["keys"][key.id] = to_key_json(key);
  root_body["roles"][key.role] = {{"keyids", Json::array({key.id})}, {"threshold", 1}};
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

Result<std::vector<const KeyFile*>> RepositorySigner::State::signers(const std::string& role) const {
  const Json& listed = root_body["roles"][role];
  std::vector<const KeyFile*> found;
  for (const Json& id : listed["keyids"])
    if (const KeyFile* key = ring->find(id.get<std::string>())) found.push_back(key);
  const auto threshold = listed["threshold"].get<std::int64_t>();
  if (static_cast<std::int64_t>(found.size()) >= threshold) return found;
  return fail(ErrorKind::usage, "signing needs " + std::to_string(threshold) + " key(s) of role " + role +
                                    ", and the key folder has " + std::to_string(found.size()) +
                                    ": put the key file there and try again");
}

Result<std::string> RepositorySigner::State::sign(const Json& body,
                                                  const std::vector<const KeyFile*>& signing) {
  Result<std::string> covered = to_canonical_json(body);
  CHECK(covered.has_value());
  std::vector<RoleSignature> signatures;
  for (const KeyFile* key : signing) {
    Result<Bytes> signature = ring->sign(*key, as_bytes(*covered));
    if (!signature) return fail(std::move(signature.error()));
    signatures.push_back({key->id, std::move(*signature)});
  }
  return make_signed_file(body, signatures);
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
  state->root_body = make_role_body("root", 1, state->expiry.root, now);
  state->root_body["consistent_snapshot"] = true;
  for (const char* role : top_level_roles) {
    const KeyFile key = make_key(role);
    give_role_to(state->root_body, key);
    state->ring->add(key);
  }
  Result<std::vector<const KeyFile*>> signers = state->signers("root");
  if (!signers) return fail(std::move(signers.error()));
  Result<std::string> root = state->sign(state->root_body, *signers);
  if (!root) return fail(std::move(root.error()));
  state->root_json = std::move(*root);
  state->targets_body = make_role_body("targets", 1, now + lifetimes.targets);
  state->targets_body["targets"] = Json::object();
  state->pending.push_back({root_path(1), state->root_json});
  return RepositorySigner(std::move(state));
}

Result<void> RepositorySigner::save_keys(Disk& disk, const std::string& directory) const {
  Result<void> made = create_durable_directories(disk, directory);
  if (!made) return made;
  return state_->ring->save(disk, directory);
}

KeyRing& RepositorySigner::keys() {
  return *state_->ring;
}

Result<void> RepositorySigner::unlock(const std::string& role) {
  Result<std::vector<const KeyFile*>> signers = state_->signers(role);
  if (!signers) return fail(std::move(signers.error()));
  for (const KeyFile* key : *signers) {
    Result<void> opened = state_->ring->unlock(*key);
    if (!opened) return opened;
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
  Result<std::vector<const KeyFile*>> signers = state_->signers("targets");
  if (!signers) return fail(std::move(signers.error()));
  SigningRequest request = next_targets(now);
  Result<int> added = add_signatures(request, *state_->ring);
  if (!added) return fail(std::move(added.error()));
  return take(request, now);
}

Result<std::vector<RepositoryOutput>> RepositorySigner::renew_timestamp(WallTime now) {
  if (state_->versions.targets == 0)
    return fail(ErrorKind::usage, "nothing is published yet: publish a release first");
  if (state_->root_is_ahead) return take({state_->root_json, "", "", ""}, now);
  State next = *state_;
  std::vector<RepositoryOutput> outputs;
  Result<void> done;
  if (next.expiry.snapshot < next.signing_time(now) + next.lifetimes.timestamp)
    done = next.sign_snapshot(now, outputs);
  if (done) done = next.sign_timestamp(now, outputs);
  if (!done) return fail(std::move(done.error()));
  *state_ = std::move(next);
  return outputs;
}

const nlohmann::json& RepositorySigner::root_body() const {
  return state_->root_body;
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
