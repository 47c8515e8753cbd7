#pragma once
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/clock.h"
#include "core/trust/role.h"
#include "core/trust/signing_key.h"

namespace dunlin {

// How the operator's side writes metadata files; the opposite of role.h.

// {"_type","spec_version","version","expires"} and nothing else yet; with when it is signed, if that is
// given.
nlohmann::json make_role_body(const std::string& type, std::int64_t version, WallTime expires,
                              std::optional<WallTime> signed_at = std::nullopt);

// {"signatures","signed"}. Signs with every key given.
std::string sign_body(const nlohmann::json& body, const std::vector<const SigningKey*>& keys);

// The same with signatures that were made elsewhere (on a token, by a key that was opened for it).
struct RoleSignature {
  std::string key_id;
  Bytes bytes;
};
std::string make_signed_file(const nlohmann::json& body, const std::vector<RoleSignature>& signatures);

// {"version","length","hashes":{"sha256"}} of a file that is named by timestamp or snapshot.
nlohmann::json make_file_meta(std::int64_t version, std::string_view bytes);

}  // namespace dunlin
