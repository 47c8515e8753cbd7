#include "core/trust/key_file.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/trust/canonical_json.h"

namespace dunlin {

namespace {

constexpr std::size_t key_file_size_max = 16 * 1024;
constexpr std::size_t key_text_max = 8 * 1024;
constexpr const char* kdf_name = "argon2id13";
constexpr const char* cipher_name = "xchacha20poly1305-ietf";

std::string canonical_text(const nlohmann::json& json) {
  Result<std::string> text = to_canonical_json(json);
  CHECK(text.has_value());  // strings and small integers only
  return std::move(*text);
}

nlohmann::json public_json(const KeyFile& key) {
  return {{"role", key.role},
          {"keyid", key.id},
          {"keytype", key.keytype},
          {"scheme", key.scheme},
          {"public", key.public_text}};
}

nlohmann::json box_json(const SecretBox& box) {
  return {{"kdf", kdf_name},
          {"operations", box.cost.operations},
          {"memory_bytes", box.cost.memory_bytes},
          {"salt", to_hex(box.salt)},
          {"cipher", cipher_name},
          {"nonce", to_hex(box.nonce)},
          {"text", to_hex(box.text)}};
}

struct SecretWriter {
  nlohmann::json& json;
  void operator()(const KeptElsewhere& /*unused*/) const {}
  void operator()(const Ed25519SecretKey& secret) const { json["private"] = to_hex(secret.seed()); }
  void operator()(const SecretBox& box) const { json["sealed"] = box_json(box); }
  void operator()(const KeptOnToken& token) const { json["token"] = token.uri; }
};

template <std::size_t size>
void read_array(const JsonReader& json, std::array<std::uint8_t, size>& out) {
  const Bytes bytes = json.hex(size);
  if (bytes.size() != size) json.refuse("does not have " + std::to_string(size) + " bytes");
  if (bytes.size() == size) std::copy(bytes.begin(), bytes.end(), out.begin());
}

SecretBox read_box(const JsonReader& json) {
  if (json.at("kdf").text() != kdf_name) json.at("kdf").refuse("is not \"argon2id13\"");
  if (json.at("cipher").text() != cipher_name) json.at("cipher").refuse("is not \"xchacha20poly1305-ietf\"");
  SecretBox box;
  box.cost = {json.at("operations").size(), json.at("memory_bytes").size()};
  read_array(json.at("salt"), box.salt);
  read_array(json.at("nonce"), box.nonce);
  box.text = json.at("text").hex();
  return box;
}

KeySecret read_secret(const JsonReader& json) {
  if (json.has("sealed")) return read_box(json.at("sealed"));
  if (json.has("token")) return KeptOnToken{json.at("token").text()};
  if (!json.has("private")) return KeptElsewhere{};
  const Bytes seed = json.at("private").hex(32);
  if (seed.size() == 32)
    return Ed25519SecretKey::from_seed(std::span<const std::uint8_t, 32>(seed.data(), 32));
  json.at("private").refuse("is not a private key (64 hexadecimal digits)");
  return KeptElsewhere{};
}

void check_member(const JsonReader& reader, const std::string& member, const std::string& expected) {
  if (reader.at(member).text(key_text_max) != expected)
    reader.at(member).refuse("does not belong to the other half in this file");
}

std::string id_of(const KeyFile& key) {
  return sha256(as_bytes(canonical_text(to_key_json(key)))).hex();
}

// It must be one that devices can read.
void check_public_half(const KeyFile& key, JsonFailure& failure) {
  const nlohmann::json json = to_key_json(key);
  const PublicKey read = read_public_key(key.id, JsonReader(json, "public key", failure));
  if (read.scheme == nullptr) JsonReader(json, "public key", failure).refuse("is of an unknown type");
}

void check_halves(const JsonReader& json, const KeyFile& key) {
  const auto* secret = std::get_if<Ed25519SecretKey>(&key.secret);
  const bool is_ed25519 = key.keytype == "ed25519";
  if (secret != nullptr && is_ed25519) check_member(json, "public", to_hex(secret->public_key().bytes));
  if (!is_ed25519 && (secret != nullptr || std::holds_alternative<SecretBox>(key.secret)))
    json.at("keytype").refuse("is not \"ed25519\": other keys stay on their token");
  check_member(json, "keyid", id_of(key));
}

}  // namespace

bool is_top_level_role(std::string_view name) {
  return std::find(top_level_roles.begin(), top_level_roles.end(), name) != top_level_roles.end();
}

std::string KeyFile::file_name() const {
  const bool is_elsewhere = std::holds_alternative<KeptElsewhere>(secret);
  return role + "-" + id.substr(0, 8) + (is_elsewhere ? ".pub" : ".json");
}

std::string KeyFile::name() const {
  return role + " key " + id.substr(0, 8);
}

KeyFile make_key(const SigningKey& key) {
  return {key.role, key.id(), "ed25519", "ed25519", to_hex(key.secret.public_key().bytes), key.secret};
}

KeyFile make_key(const std::string& role) {
  return make_key(SigningKey{role, Ed25519SecretKey::generate()});
}

KeyFile make_token_key(const std::string& role, const std::string& scheme, const std::string& public_pem,
                       const std::string& uri) {
  const std::string keytype = scheme.starts_with("rsa") ? "rsa" : "ecdsa";
  KeyFile key{role, "", keytype, scheme, public_pem, KeptOnToken{uri}};
  key.id = id_of(key);
  return key;
}

KeyFile public_half(const KeyFile& key) {
  KeyFile half = key;
  half.secret = KeptElsewhere{};
  return half;
}

Result<KeyFile> seal_key(const KeyFile& key, std::string_view passphrase, SecretBoxCost cost) {
  const auto* secret = std::get_if<Ed25519SecretKey>(&key.secret);
  if (secret == nullptr) return fail(ErrorKind::usage, key.name() + " is not open and cannot be sealed");
  auto seed = secret->seed();
  Result<SecretBox> box = seal_secret(seed, as_bytes(canonical_text(public_json(key))), passphrase, cost);
  wipe(seed);
  if (!box) return fail(std::move(box.error()), key.name());
  KeyFile sealed = key;
  sealed.secret = std::move(*box);
  return sealed;
}

Result<Ed25519SecretKey> open_key(const KeyFile& key, std::string_view passphrase) {
  if (const auto* secret = std::get_if<Ed25519SecretKey>(&key.secret)) return *secret;
  const auto* box = std::get_if<SecretBox>(&key.secret);
  if (box == nullptr) return fail(ErrorKind::usage, key.name() + " is not in this file");
  Result<Bytes> seed = open_secret(*box, as_bytes(canonical_text(public_json(key))), passphrase);
  if (!seed) return fail(std::move(seed.error()), key.name());
  if (seed->size() != 32) return fail(ErrorKind::usage, key.name() + " holds something else than a key");
  const Ed25519SecretKey secret =
      Ed25519SecretKey::from_seed(std::span<const std::uint8_t, 32>(seed->data(), 32));
  wipe(*seed);
  if (to_hex(secret.public_key().bytes) != key.public_text)
    return fail(ErrorKind::usage, key.name() + ": its halves do not belong together");
  return secret;
}

nlohmann::json to_key_json(const KeyFile& key) {
  return {{"keytype", key.keytype}, {"scheme", key.scheme}, {"keyval", {{"public", key.public_text}}}};
}

std::string to_json(const KeyFile& key) {
  nlohmann::json json = public_json(key);
  std::visit(SecretWriter{json}, key.secret);
  return to_json_text(json) + "\n";
}

Result<KeyFile> parse_key_file(std::string_view text) {
  Result<nlohmann::json> json = parse_strict_json(text, key_file_size_max);
  if (!json) return fail(ErrorKind::usage, "key file " + json.error().message);
  JsonFailure failure;
  JsonReader reader(*json, "", failure);
  KeyFile key;
  key.role = reader.at("role").text();
  if (!is_top_level_role(key.role)) reader.at("role").refuse("is none of root, targets, snapshot, timestamp");
  key.id = reader.at("keyid").text();
  key.keytype = reader.at("keytype").text();
  key.scheme = reader.at("scheme").text();
  key.public_text = reader.at("public").text(key_text_max);
  key.secret = read_secret(reader);
  // A secret under a misspelt name must not pass for a public half.
  const std::size_t members = std::holds_alternative<KeptElsewhere>(key.secret) ? 5 : 6;
  if (json->size() != members) reader.refuse("has a member that does not belong there");
  if (failure.message) return fail(ErrorKind::usage, "key file: " + *failure.message);
  check_public_half(key, failure);
  check_halves(reader, key);
  if (failure.message) return fail(ErrorKind::usage, "key file: " + *failure.message);
  return key;
}

}  // namespace dunlin
