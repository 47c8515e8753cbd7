#include "core/trust/tuf_key.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/base/public_key.h"
#include "core/trust/canonical_json.h"

namespace dunlin {

namespace {

constexpr std::size_t public_text_max = 8 * 1024;  // an RSA key of 8192 bits has 1,500 characters of PEM

// Key texts come as PEM or as hexadecimal; tools differ, and so did the specification.
bool is_pem(std::string_view text) {
  return text.find("-----BEGIN") != std::string_view::npos;
}

Bytes key_or_refusal(const JsonReader& field, Result<Bytes> key) {
  if (key) return std::move(*key);
  field.refuse(key.error().message);
  return {};
}

Bytes read_ed25519(const JsonReader& keyval) {
  const JsonReader field = keyval.at("public");
  const std::string text = field.text(public_text_max);
  if (is_pem(text)) return key_or_refusal(field, ed25519_key_from_pem(text));
  Result<Bytes> bytes = from_hex(text);
  if (bytes && bytes->size() == 32) return std::move(*bytes);
  field.refuse("is not an Ed25519 key (64 hexadecimal digits or PEM)");
  return {};
}

template <EllipticCurve curve>
Bytes read_ecdsa(const JsonReader& keyval) {
  const JsonReader field = keyval.at("public");
  const std::string text = field.text(public_text_max);
  if (is_pem(text)) return key_or_refusal(field, ecdsa_key_from_pem(text, curve));
  Result<Bytes> point = from_hex(text);
  if (point) return key_or_refusal(field, ecdsa_key_from_point(*point, curve));
  field.refuse("is not an ECDSA key (PEM, or the hexadecimal digits of its point)");
  return {};
}

Bytes read_rsa(const JsonReader& keyval) {
  const JsonReader field = keyval.at("public");
  return key_or_refusal(field, rsa_key_from_pem(field.text(public_text_max)));
}

bool verify_ed25519_bytes(ByteView key, ByteView message, ByteView signature) {
  Ed25519PublicKey public_key;
  if (key.size() != public_key.bytes.size()) return false;
  std::copy(key.begin(), key.end(), public_key.bytes.begin());
  return verify_ed25519(public_key, message, signature);
}

template <EllipticCurve curve>
bool verify_ecdsa_bytes(ByteView key, ByteView message, ByteView signature) {
  return verify_ecdsa(curve, key, message, signature);
}

// The names of ECDSA's key type changed with the specification; repositories have both.
constexpr SignatureScheme schemes[] = {
    {"ed25519", "ed25519", read_ed25519, verify_ed25519_bytes},
    {"ecdsa", "ecdsa-sha2-nistp256", read_ecdsa<EllipticCurve::p256>,
     verify_ecdsa_bytes<EllipticCurve::p256>},
    {"ecdsa", "ecdsa-sha2-nistp384", read_ecdsa<EllipticCurve::p384>,
     verify_ecdsa_bytes<EllipticCurve::p384>},
    {"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", read_ecdsa<EllipticCurve::p256>,
     verify_ecdsa_bytes<EllipticCurve::p256>},
    {"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384", read_ecdsa<EllipticCurve::p384>,
     verify_ecdsa_bytes<EllipticCurve::p384>},
    {"rsa", "rsassa-pss-sha256", read_rsa, verify_rsa_pss_sha256},
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

KeysById read_keys(const JsonReader& json) {
  KeysById keys;
  for (const auto& [id, key] : json.members()) keys.emplace(id, read_public_key(id, key));
  return keys;
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
