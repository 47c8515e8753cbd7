#include "core/trust/tuf_key.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/trust/canonical_json.h"

namespace dunlin {

namespace {

Bytes read_ed25519(const JsonReader& keyval) {
  Bytes bytes = keyval.at("public").hex(32);
  if (bytes.size() != 32) keyval.at("public").refuse("is not an Ed25519 key (64 hexadecimal digits)");
  return bytes;
}

bool verify_ed25519_bytes(ByteView key, ByteView message, ByteView signature) {
  Ed25519PublicKey public_key;
  if (key.size() != public_key.bytes.size()) return false;
  std::copy(key.begin(), key.end(), public_key.bytes.begin());
  return verify_ed25519(public_key, message, signature);
}

constexpr SignatureScheme schemes[] = {
    {"ed25519", "ed25519", read_ed25519, verify_ed25519_bytes},
};

}  // namespace

const SignatureScheme* find_signature_scheme(std::string_view keytype, std::string_view scheme) {
  const auto* found = std::find_if(std::begin(schemes), std::end(schemes), [&](const SignatureScheme& known) {
    return known.keytype == keytype && known.scheme == scheme;
  });
  return found == std::end(schemes) ? nullptr : found;
}

bool PublicKey::verify(ByteView message, ByteView signature) const {
  return scheme != nullptr && scheme->verify(bytes, message, signature);
}

PublicKey read_public_key(const std::string& id, const JsonReader& json) {
  PublicKey key;
  key.id = id;
  key.keytype = json.at("keytype").text();
  key.scheme = find_signature_scheme(key.keytype, json.at("scheme").text());
  if (key.scheme != nullptr) key.bytes = key.scheme->read_key(json.at("keyval"));
  return key;
}

nlohmann::json to_key_json(const Ed25519PublicKey& key) {
  return {{"keytype", "ed25519"}, {"scheme", "ed25519"}, {"keyval", {{"public", to_hex(key.bytes)}}}};
}

std::string key_id(const Ed25519PublicKey& key) {
  Result<std::string> canonical = to_canonical_json(to_key_json(key));
  CHECK(canonical.has_value());
  return sha256(as_bytes(*canonical)).hex();
}

}  // namespace dunlin
