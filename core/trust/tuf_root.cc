#include "core/trust/tuf_root.h"

#include <algorithm>
#include <set>

namespace dunlin {

namespace {

using KeysById = std::map<std::string, PublicKey>;

RoleKeys read_role_keys(const JsonReader& json, const KeysById& keys) {
  RoleKeys role;
  role.threshold = json.at("threshold").integer(1);
  std::set<std::string> listed;
  for (const JsonReader& id : json.at("keyids").elements()) {
    auto key = keys.find(id.text());
    if (key != keys.end() && listed.insert(key->first).second) role.keys.push_back(key->second);
  }
  return role;
}

}  // namespace

Result<RootRole> parse_root(const SignedFile& file) {
  JsonFailure failure;
  JsonReader body(file.body, "", failure);
  RootRole root;
  root.header = read_role_header(body, "root");
  if (body.has("consistent_snapshot")) root.consistent_snapshot = body.at("consistent_snapshot").boolean();
  KeysById keys;
  for (const auto& [id, key] : body.at("keys").members()) keys.emplace(id, read_public_key(id, key));
  for (const auto& [name, role] : body.at("roles").members()) root.roles[name] = read_role_keys(role, keys);
  for (const char* name : {"root", "timestamp", "snapshot", "targets"}) {
    const JsonReader named = body.at("roles").at(name);
    root.roles.try_emplace(name);
  }
  Result<void> read = failure.result();
  if (!read) return fail(std::move(read.error()));
  return root;
}

bool has_lost_key(const RootRole& before, const RootRole& after, const std::string& role) {
  const std::vector<PublicKey>& now = after.keys_of(role).keys;
  const auto is_kept = [&now](const PublicKey& old) {
    return std::any_of(now.begin(), now.end(), [&old](const PublicKey& key) {
      return key.id == old.id && key.keytype == old.keytype && key.bytes == old.bytes;
    });
  };
  const std::vector<PublicKey>& then = before.keys_of(role).keys;
  return !std::all_of(then.begin(), then.end(), is_kept);
}

}  // namespace dunlin
