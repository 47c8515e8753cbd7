#include "core/trust/signing_key.h"

#include "core/base/check.h"
#include "core/trust/canonical_json.h"
#include "core/trust/tuf_key.h"

namespace dunlin {

namespace {

constexpr std::size_t key_file_size_max = 16 * 1024;

void check_member(const JsonReader& reader, const std::string& member, const std::string& expected) {
  if (reader.at(member).text() != expected)
    reader.at(member).refuse("does not belong to the private key in this file");
}

}  // namespace

std::string SigningKey::id() const {
  return key_id(secret.public_key());
}

std::string SigningKey::file_name() const {
  return role + "-" + id().substr(0, 8) + ".json";
}

std::string to_json(const SigningKey& key) {
  const nlohmann::json json{{"role", key.role},
                            {"keyid", key.id()},
                            {"keytype", "ed25519"},
                            {"scheme", "ed25519"},
                            {"public", to_hex(key.secret.public_key().bytes)},
                            {"private", to_hex(key.secret.seed())}};
  Result<std::string> text = to_canonical_json(json);
  CHECK(text.has_value());  // strings only
  return *text + "\n";
}

Result<SigningKey> parse_signing_key(std::string_view text) {
  Result<nlohmann::json> json = parse_strict_json(text, key_file_size_max);
  if (!json) return fail(ErrorKind::usage, "key file " + json.error().message);
  JsonFailure failure;
  JsonReader reader(*json, "", failure);
  if (reader.at("keytype").text() != "ed25519") reader.at("keytype").refuse("is not \"ed25519\"");
  if (reader.at("scheme").text() != "ed25519") reader.at("scheme").refuse("is not \"ed25519\"");
  const std::string role = reader.at("role").text();
  if (role != "root" && role != "targets" && role != "snapshot" && role != "timestamp")
    reader.at("role").refuse("is none of root, targets, snapshot, timestamp");
  const Bytes seed = reader.at("private").hex(32);
  if (seed.size() != 32) reader.at("private").refuse("is not a private key (64 hexadecimal digits)");
  if (failure.message) return fail(ErrorKind::usage, "key file: " + *failure.message);
  SigningKey key{role, Ed25519SecretKey::from_seed(std::span<const std::uint8_t, 32>(seed.data(), 32))};
  check_member(reader, "public", to_hex(key.secret.public_key().bytes));
  check_member(reader, "keyid", key.id());
  if (failure.message) return fail(ErrorKind::usage, "key file: " + *failure.message);
  return key;
}

}  // namespace dunlin
