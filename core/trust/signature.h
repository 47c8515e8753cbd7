#pragma once
#include <array>

#include "core/base/bytes.h"

namespace dunlin {

// Ed25519 (RFC 8032). The only door to libsodium.
struct Ed25519PublicKey {
  std::array<std::uint8_t, 32> bytes{};
  auto operator<=>(const Ed25519PublicKey&) const = default;
};

using Ed25519Signature = std::array<std::uint8_t, 64>;

// A secret key; its seed is what key files keep. Wiped from memory when it goes.
class Ed25519SecretKey {
 public:
  // A new key from the kernel's generator.
  static Ed25519SecretKey generate();
  static Ed25519SecretKey from_seed(std::span<const std::uint8_t, 32> seed);
  ~Ed25519SecretKey();
  Ed25519SecretKey(const Ed25519SecretKey&) = default;
  Ed25519SecretKey& operator=(const Ed25519SecretKey&) = default;

  Ed25519Signature sign(ByteView message) const;
  Ed25519PublicKey public_key() const;
  std::array<std::uint8_t, 32> seed() const;

 private:
  Ed25519SecretKey() = default;
  std::array<std::uint8_t, 64> bytes_{};  // seed, then public key
};

// False for any wrong signature, also for one of another length and for keys of small order.
bool verify_ed25519(const Ed25519PublicKey& key, ByteView message, ByteView signature);

}  // namespace dunlin
