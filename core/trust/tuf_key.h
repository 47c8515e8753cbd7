#pragma once
#include <map>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "core/trust/json_reader.h"
#include "core/trust/signature.h"

namespace dunlin {

// How signatures of one key type are checked. A new type is one more row in tuf_key.cc.
struct SignatureScheme {
  std::string_view keytype;  // "ed25519", "ecdsa", "rsa"
  std::string_view scheme;   // "ed25519", "ecdsa-sha2-nistp256", "rsassa-pss-sha256"
  // The key's own bytes from "keyval"; refuses through the reader.
  Bytes (*read_key)(const JsonReader& keyval);
  bool (*verify)(ByteView key, ByteView message, ByteView signature);
};

// Null when this program does not know the type; such a key never counts towards a threshold.
const SignatureScheme* find_signature_scheme(std::string_view keytype, std::string_view scheme);

// A key as root or a delegation lists it. Two keys are the same key when their bytes are equal, whatever ids
// and types they are listed under: each kind of key has bytes of another length.
struct PublicKey {
  std::string id;
  std::string keytype;
  Bytes bytes;
  const SignatureScheme* scheme = nullptr;

  bool verify(ByteView message, ByteView signature) const;
};

// Reads one member of "keys". The id is taken as it is: TUF (since TAP 12) wants ids unique, not computed.
PublicKey read_public_key(const std::string& id, const JsonReader& json);
using KeysById = std::map<std::string, PublicKey>;
// The whole of "keys".
KeysById read_keys(const JsonReader& json);

// {"keytype","scheme","keyval":{"public"}} of an Ed25519 key, and its id: SHA-256 of its canonical JSON.
nlohmann::json to_key_json(const Ed25519PublicKey& key);
std::string key_id(const Ed25519PublicKey& key);

}  // namespace dunlin
