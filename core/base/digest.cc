#include "core/base/digest.h"

#include <cstring>

#include <openssl/evp.h>
#include <openssl/sha.h>

#include "core/base/check.h"

namespace dunlin {

struct Sha256::Context {
  EVP_MD_CTX* evp = EVP_MD_CTX_new();
  Context() { CHECK(evp != nullptr && EVP_DigestInit_ex(evp, EVP_sha256(), nullptr) == 1); }
  ~Context() { EVP_MD_CTX_free(evp); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::add(ByteView bytes) {
  CHECK(EVP_DigestUpdate(context_->evp, bytes.data(), bytes.size()) == 1);
}

Digest Sha256::finish() {
  Digest digest;
  CHECK(EVP_DigestFinal_ex(context_->evp, digest.bytes.data(), nullptr) == 1);
  return digest;
}

Digest sha256(ByteView bytes) {
  Digest digest;
  SHA256(bytes.data(), bytes.size(), digest.bytes.data());
  return digest;
}

std::array<std::uint8_t, 64> sha512(ByteView bytes) {
  std::array<std::uint8_t, 64> out{};
  SHA512(bytes.data(), bytes.size(), out.data());
  return out;
}

Result<Digest> Digest::from_hex(std::string_view text) {
  Result<Bytes> bytes = dunlin::from_hex(text);
  if (!bytes) return fail(std::move(bytes.error()), "SHA-256");
  if (bytes->size() != 32) return fail(ErrorKind::usage, "a SHA-256 has 64 hexadecimal digits");
  return from_bytes(std::span<const std::uint8_t, 32>(bytes->data(), 32));
}

Digest Digest::from_bytes(std::span<const std::uint8_t, 32> value) {
  Digest digest;
  std::memcpy(digest.bytes.data(), value.data(), value.size());
  return digest;
}

}  // namespace dunlin

std::size_t std::hash<dunlin::Digest>::operator()(const dunlin::Digest& digest) const noexcept {
  std::size_t value = 0;
  std::memcpy(&value, digest.bytes.data(), sizeof value);
  return value;
}
