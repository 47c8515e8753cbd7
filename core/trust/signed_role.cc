#include "core/trust/signed_role.h"

#include "core/base/check.h"
#include "core/trust/canonical_json.h"
#include "core/trust/tuf_time.h"

namespace dunlin {

namespace {

constexpr const char* spec_version = "1.0.33";

}  // namespace

nlohmann::json make_role_body(const std::string& type, std::int64_t version, WallTime expires,
                              std::optional<WallTime> signed_at) {
  nlohmann::json body{{"_type", type},
                      {"spec_version", spec_version},
                      {"version", version},
                      {"expires", format_tuf_time(expires)}};
  if (signed_at) body[signed_at_member] = format_tuf_time(*signed_at);
  return body;
}

std::string make_signed_file(const nlohmann::json& body, const std::vector<RoleSignature>& signatures) {
  nlohmann::json file{{"signed", body}, {"signatures", nlohmann::json::array()}};
  for (const RoleSignature& signature : signatures)
    file["signatures"].push_back({{"keyid", signature.key_id}, {"sig", to_hex(signature.bytes)}});
  return to_json_text(file);
}

std::string sign_body(const nlohmann::json& body, const std::vector<const SigningKey*>& keys) {
  Result<std::string> covered = to_canonical_json(body);
  CHECK(covered.has_value());  // bodies are built here or came through parse_signed_file
  std::vector<RoleSignature> signatures;
  for (const SigningKey* key : keys) {
    const Ed25519Signature signature = key->secret.sign(as_bytes(*covered));
    signatures.push_back({key->id(), Bytes(signature.begin(), signature.end())});
  }
  return make_signed_file(body, signatures);
}

nlohmann::json make_file_meta(std::int64_t version, std::string_view bytes) {
  return {{"version", version},
          {"length", bytes.size()},
          {"hashes", {{"sha256", sha256(as_bytes(bytes)).hex()}}}};
}

}  // namespace dunlin
