#pragma once
#include <array>
#include <string>
#include <string_view>
#include <variant>

#include <nlohmann/json.hpp>

#include "core/trust/secret_box.h"
#include "core/trust/signing_key.h"

namespace dunlin {

// Where the secret half of an operator's key is.
struct KeptElsewhere {};  // only the public half is known here
struct KeptOnToken {
  std::string uri;  // RFC 7512: "pkcs11:token=dunlin;object=root"
};
using KeySecret = std::variant<KeptElsewhere, Ed25519SecretKey, SecretBox, KeptOnToken>;

// A key of the operator's side: for which role, its public half, and where its secret half is. Files are
// JSON,
// {"role","keyid","keytype","scheme","public"} and one of "private", "sealed", "token" or nothing;
// docs/trust.md. The public half is covered by the seal: a file whose role was changed does not open.
struct KeyFile {
  std::string role;  // "root", "targets", "snapshot" or "timestamp"
  std::string id;    // SHA-256 of the public key's canonical JSON
  std::string keytype, scheme;
  std::string public_text;  // 64 hexadecimal digits (Ed25519) or PEM
  KeySecret secret;

  // "<role>-<first 8 digits of the id>.json"; ".pub" when the secret is elsewhere.
  std::string file_name() const;
  // What a key is called in messages: "root key 0123abcd".
  std::string name() const;
};

// The roles that dunlin's repositories have, and whether a name is one of them.
inline constexpr std::array top_level_roles{"root", "targets", "snapshot", "timestamp"};
bool is_top_level_role(std::string_view name);

// A new Ed25519 key; its secret is in memory and would be written as it is.
KeyFile make_key(const std::string& role);
KeyFile make_key(const SigningKey& key);
// Of a public key in PEM; `scheme` as TUF names it.
KeyFile make_token_key(const std::string& role, const std::string& scheme, const std::string& public_pem,
                       const std::string& uri);
KeyFile public_half(const KeyFile& key);

// The same key sealed. usage: its secret is not in memory.
Result<KeyFile> seal_key(const KeyFile& key, std::string_view passphrase, SecretBoxCost cost = {});
// The secret of a plain or sealed Ed25519 key; usage when it does not open, or is elsewhere or on a token.
Result<Ed25519SecretKey> open_key(const KeyFile& key, std::string_view passphrase);

// As root lists it: {"keytype","scheme","keyval":{"public"}}.
nlohmann::json to_key_json(const KeyFile& key);

std::string to_json(const KeyFile& key);
// Total. usage with what is wrong; halves or an id that do not belong together are refused.
Result<KeyFile> parse_key_file(std::string_view json);

}  // namespace dunlin
