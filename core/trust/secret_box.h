#pragma once
#include <array>
#include <string>
#include <string_view>

#include "core/base/bytes.h"

namespace dunlin {

// What opening a box costs whoever guesses its passphrase: passes and memory of Argon2id (RFC 9106).
struct SecretBoxCost {
  std::uint64_t operations = 3;
  std::uint64_t memory_bytes = 256u << 20;
  bool operator==(const SecretBoxCost&) const = default;
};

// A secret under a passphrase: key by Argon2id 1.3, text by XChaCha20-Poly1305 (IETF). With
// core/trust/signature the door to libsodium.
struct SecretBox {
  SecretBoxCost cost;
  std::array<std::uint8_t, 16> salt{};
  std::array<std::uint8_t, 24> nonce{};
  Bytes text;  // sealed, with its tag of 16 bytes
};

// `about` is not hidden, but the box opens only beside the same bytes. About a second with the default cost.
// device: not enough memory.
Result<SecretBox> seal_secret(ByteView secret, ByteView about, std::string_view passphrase,
                              SecretBoxCost cost);
// usage: another passphrase, or something was altered; a cost above 16 passes or 1 GiB is refused unpaid.
// Wipe what comes back.
Result<Bytes> open_secret(const SecretBox& box, ByteView about, std::string_view passphrase);

// Overwrites what must not stay in memory.
void wipe(ByteSpan secret);
void wipe(std::string& secret);

}  // namespace dunlin
