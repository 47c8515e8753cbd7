#include "core/trust/signature.h"

#include <cstring>

#include <sodium.h>

#include "core/base/check.h"

namespace dunlin {

namespace {

void start_sodium() {
  static const bool started = sodium_init() >= 0;
  CHECK(started);
}

}  // namespace

Ed25519SecretKey Ed25519SecretKey::generate() {
  start_sodium();
  Ed25519SecretKey key;
  Ed25519PublicKey unused;
  CHECK(crypto_sign_keypair(unused.bytes.data(), key.bytes_.data()) == 0);
  return key;
}

Ed25519SecretKey Ed25519SecretKey::from_seed(std::span<const std::uint8_t, 32> seed) {
  start_sodium();
  Ed25519SecretKey key;
  Ed25519PublicKey unused;
  CHECK(crypto_sign_seed_keypair(unused.bytes.data(), key.bytes_.data(), seed.data()) == 0);
  return key;
}

Ed25519SecretKey::~Ed25519SecretKey() {
  sodium_memzero(bytes_.data(), bytes_.size());
}

Ed25519Signature Ed25519SecretKey::sign(ByteView message) const {
  Ed25519Signature signature{};
  CHECK(crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), bytes_.data()) == 0);
  return signature;
}

Ed25519PublicKey Ed25519SecretKey::public_key() const {
  Ed25519PublicKey key;
  std::memcpy(key.bytes.data(), bytes_.data() + 32, 32);
  return key;
}

std::array<std::uint8_t, 32> Ed25519SecretKey::seed() const {
  std::array<std::uint8_t, 32> seed{};
  std::memcpy(seed.data(), bytes_.data(), seed.size());
  return seed;
}

bool verify_ed25519(const Ed25519PublicKey& key, ByteView message, ByteView signature) {
  start_sodium();
  if (signature.size() != crypto_sign_BYTES) return false;
  return crypto_sign_verify_detached(signature.data(), message.data(), message.size(), key.bytes.data()) == 0;
}

}  // namespace dunlin
