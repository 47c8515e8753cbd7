#include "core/trust/secret_box.h"

#include <sodium.h>

#include "core/base/check.h"

namespace dunlin {

namespace {

constexpr SecretBoxCost cost_max{16, 1u << 30};
constexpr SecretBoxCost cost_min{crypto_pwhash_argon2id_OPSLIMIT_MIN, crypto_pwhash_argon2id_MEMLIMIT_MIN};
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(crypto_pwhash_argon2id_SALTBYTES == 16);
static_assert(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES == 24);

// Wiped when it goes.
struct BoxKey {
  std::array<std::uint8_t, crypto_aead_xchacha20poly1305_ietf_KEYBYTES> bytes{};
  BoxKey() = default;
  BoxKey(const BoxKey&) = delete;
  BoxKey& operator=(const BoxKey&) = delete;
  ~BoxKey() { sodium_memzero(bytes.data(), bytes.size()); }
};

Result<void> derive(const SecretBox& box, std::string_view passphrase, BoxKey& key) {
  CHECK(sodium_init() >= 0);
  const int derived = crypto_pwhash_argon2id(key.bytes.data(), key.bytes.size(), passphrase.data(),
                                             passphrase.size(), box.salt.data(), box.cost.operations,
                                             box.cost.memory_bytes, crypto_pwhash_argon2id_ALG_ARGON2ID13);
  if (derived == 0) return {};
  return fail(ErrorKind::device, "a passphrase needs " + std::to_string(box.cost.memory_bytes >> 20) +
                                     " MiB of memory to be tried, and they are not there");
}

// What the box opens beside: the caller's bytes and the cost.
Bytes associated(const SecretBox& box, ByteView about) {
  Bytes bytes(about.begin(), about.end());
  const std::string cost =
      "\n" + std::to_string(box.cost.operations) + " " + std::to_string(box.cost.memory_bytes);
  bytes.insert(bytes.end(), cost.begin(), cost.end());
  return bytes;
}

}  // namespace

Result<SecretBox> seal_secret(ByteView secret, ByteView about, std::string_view passphrase,
                              SecretBoxCost cost) {
  SecretBox box;
  box.cost = cost;
  CHECK(sodium_init() >= 0);
  randombytes_buf(box.salt.data(), box.salt.size());
  randombytes_buf(box.nonce.data(), box.nonce.size());
  BoxKey key;
  Result<void> derived = derive(box, passphrase, key);
  if (!derived) return fail(std::move(derived.error()));
  box.text.resize(secret.size() + tag_size);
  const Bytes beside = associated(box, about);
  CHECK(crypto_aead_xchacha20poly1305_ietf_encrypt(box.text.data(), nullptr, secret.data(), secret.size(),
                                                   beside.data(), beside.size(), nullptr, box.nonce.data(),
                                                   key.bytes.data()) == 0);
  return box;
}

Result<Bytes> open_secret(const SecretBox& box, ByteView about, std::string_view passphrase) {
  const bool is_payable =
      box.cost.operations >= cost_min.operations && box.cost.operations <= cost_max.operations &&
      box.cost.memory_bytes >= cost_min.memory_bytes && box.cost.memory_bytes <= cost_max.memory_bytes;
  if (!is_payable || box.text.size() < tag_size)
    return fail(ErrorKind::usage, "is sealed in a way that this program does not make");
  BoxKey key;
  Result<void> derived = derive(box, passphrase, key);
  if (!derived) return fail(std::move(derived.error()));
  Bytes secret(box.text.size() - tag_size);
  const Bytes beside = associated(box, about);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(secret.data(), nullptr, nullptr, box.text.data(),
                                                 box.text.size(), beside.data(), beside.size(),
                                                 box.nonce.data(), key.bytes.data()) == 0)
    return secret;
  return fail(ErrorKind::usage, "does not open with this passphrase (or was altered)");
}

void wipe(ByteSpan secret) {
  sodium_memzero(secret.data(), secret.size());
}

void wipe(std::string& secret) {
  sodium_memzero(secret.data(), secret.size());
  secret.clear();
}

}  // namespace dunlin
