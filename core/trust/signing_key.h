#pragma once
#include <string>

#include "core/trust/tuf_key.h"

namespace dunlin {

// An Ed25519 key in memory and the role it signs for; its file is core/trust/key_file.h's matter.
struct SigningKey {
  std::string role;  // "root", "targets", "snapshot" or "timestamp"
  Ed25519SecretKey secret;

  std::string id() const { return key_id(secret.public_key()); }
};

}  // namespace dunlin
