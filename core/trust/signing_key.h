#pragma once
#include <string>
#include <string_view>

#include "core/trust/signature.h"

namespace dunlin {

// A secret key of the operator and the role it signs for. Key files are JSON:
// {"role","keyid","keytype","scheme","public","private"}, bytes in hexadecimal; docs/trust.md.
struct SigningKey {
  std::string role;  // "root", "targets", "snapshot" or "timestamp"
  Ed25519SecretKey secret;

  std::string id() const;
  // "<role>-<first 8 digits of the id>.json"
  std::string file_name() const;
};

std::string to_json(const SigningKey& key);
// usage with what is wrong; a public key or id that does not belong to the private one is refused.
Result<SigningKey> parse_signing_key(std::string_view json);

}  // namespace dunlin
