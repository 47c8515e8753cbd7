#include "core/trust/tuf_root.h"

#include <algorithm>

namespace dunlin {

Result<RootRole> parse_root(const SignedFile& file) {
  JsonFailure failure;
  JsonReader body(file.body, "", failure);
  RootRole root;
  root.header = read_role_header(body, "root");
  if (body.has("consistent_snapshot")) root.consistent_snapshot = body.at("consistent_snapshot").boolean();
  const KeysById keys = read_keys(body.at("keys"));
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
