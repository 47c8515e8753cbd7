#pragma once
// A repository that tests can bend: every file is made from a body that the test may change before it is
// signed, with the keys the test chooses. Says nothing itself about what clients should accept.
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/trust/metadata.h"
#include "core/trust/signed_role.h"
#include "core/trust/tuf_key.h"
#include "core/trust/tuf_time.h"

namespace dunlin {

inline WallTime at(const char* time) {
  return *parse_tuf_time(time);
}

inline SigningKey key_number(const std::string& role, std::uint8_t number) {
  std::array<std::uint8_t, 32> seed{};
  seed[0] = number;
  return {role, Ed25519SecretKey::from_seed(seed)};
}

// No-op edit: the body stays as it is.
inline void unchanged(nlohmann::json&) {}

struct TufWorld {
  using Edit = std::function<void(nlohmann::json&)>;

  WallTime now = at("2026-06-01T12:00:00Z");
  WallTime expires = at("2026-07-01T00:00:00Z");
  std::map<std::string, std::vector<SigningKey>> keys{{"root", {key_number("root", 1)}},
                                                      {"targets", {key_number("targets", 2)}},
                                                      {"snapshot", {key_number("snapshot", 3)}},
                                                      {"timestamp", {key_number("timestamp", 4)}}};
  std::map<std::string, int> thresholds{{"root", 1}, {"targets", 1}, {"snapshot", 1}, {"timestamp", 1}};
  std::int64_t root_version = 1, targets_version = 1, snapshot_version = 1, timestamp_version = 1;
  nlohmann::json targets = {
      {"file.txt", {{"length", 5}, {"hashes", {{"sha256", sha256(as_bytes("hello")).hex()}}}}}};

  static std::vector<const SigningKey*> pointers(const std::vector<SigningKey>& list) {
    std::vector<const SigningKey*> result;
    for (const SigningKey& key : list) result.push_back(&key);
    return result;
  }

  nlohmann::json root_body() const {
    nlohmann::json body = make_role_body("root", root_version, expires);
    body["consistent_snapshot"] = true;
    for (const auto& [role, list] : keys) {
      body["roles"][role] = {{"keyids", nlohmann::json::array()}, {"threshold", thresholds.at(role)}};
      for (const SigningKey& key : list) {
        body["roles"][role]["keyids"].push_back(key.id());
        body["keys"][key.id()] = to_key_json(key.secret.public_key());
      }
    }
    return body;
  }
  std::string root(const Edit& edit = unchanged) const { return root_signed_by(keys.at("root"), edit); }
  std::string root_signed_by(const std::vector<SigningKey>& signing, const Edit& edit = unchanged) const {
    nlohmann::json body = root_body();
    edit(body);
    return sign_body(body, pointers(signing));
  }

  std::string targets_file(const Edit& edit = unchanged) const {
    nlohmann::json body = make_role_body("targets", targets_version, expires);
    body["targets"] = targets;
    edit(body);
    return sign_body(body, pointers(keys.at("targets")));
  }
  std::string snapshot_file(const Edit& edit = unchanged) const { return snapshot_of(targets_file(), edit); }
  std::string snapshot_of(const std::string& targets_json, const Edit& edit = unchanged) const {
    nlohmann::json body = make_role_body("snapshot", snapshot_version, expires);
    body["meta"]["targets.json"] = make_file_meta(targets_version, targets_json);
    edit(body);
    return sign_body(body, pointers(keys.at("snapshot")));
  }
  std::string timestamp_file(const Edit& edit = unchanged) const {
    return timestamp_of(snapshot_file(), edit);
  }
  std::string timestamp_of(const std::string& snapshot_json, const Edit& edit = unchanged) const {
    nlohmann::json body = make_role_body("timestamp", timestamp_version, expires);
    body["meta"]["snapshot.json"] = make_file_meta(snapshot_version, snapshot_json);
    edit(body);
    return sign_body(body, pointers(keys.at("timestamp")));
  }

  MetadataBundle bundle() const { return {{}, timestamp_file(), snapshot_file(), targets_file()}; }
  // A bundle whose targets file went through `edit`, everything above fitting.
  MetadataBundle bundle_with_targets(const Edit& edit) const {
    const std::string targets_json = targets_file(edit);
    const std::string snapshot_json = snapshot_of(targets_json);
    return {{}, timestamp_of(snapshot_json), snapshot_json, targets_json};
  }
  MetadataBundle bundle_with_snapshot(const Edit& edit) const {
    const std::string snapshot_json = snapshot_file(edit);
    return {{}, timestamp_of(snapshot_json), snapshot_json, targets_file()};
  }
  MetadataBundle bundle_with_timestamp(const Edit& edit) const {
    return {{}, timestamp_file(edit), snapshot_file(), targets_file()};
  }
  void raise_all() {
    ++targets_version;
    ++snapshot_version;
    ++timestamp_version;
  }

  // A client that has the root file and nothing else.
  TrustedMetadata client() const { return *TrustedMetadata::from_root(root()); }
  // A client that is up to date.
  TrustedMetadata updated_client() const {
    TrustedMetadata metadata = client();
    Result<void> updated = metadata.update(bundle(), now);
    if (!updated) std::abort();
    return metadata;
  }
};

}  // namespace dunlin
