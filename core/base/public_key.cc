#include "core/base/public_key.h"

#include <cstring>
#include <memory>
#include <optional>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "core/base/public_key_handle.h"

namespace dunlin {

namespace {

using EvpKeyContext = std::unique_ptr<EVP_PKEY_CTX, OpensslFree<EVP_PKEY_CTX_free>>;
using BigNumber = std::unique_ptr<BIGNUM, OpensslFree<BN_free>>;

// What failed here must not be found in the thread's error queue by the next TLS operation.
struct ErrorQueueGuard {
  ~ErrorQueueGuard() { ERR_clear_error(); }
};

struct CurveFacts {
  const char* group;
  const char* name;
  std::size_t coordinate_size;
  const EVP_MD* (*digest)();
};

const CurveFacts& facts_of(EllipticCurve curve) {
  static constexpr CurveFacts p256{"prime256v1", "P-256", 32, EVP_sha256};
  static constexpr CurveFacts p384{"secp384r1", "P-384", 48, EVP_sha384};
  return curve == EllipticCurve::p256 ? p256 : p384;
}

// Without it OpenSSL asks the terminal for the password of an encrypted PEM.
int no_password(char* /*buffer*/, int /*size*/, int /*for_writing*/, void* /*unused*/) {
  return -1;
}

EvpKey key_from_pem(std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!bio) return nullptr;
  return EvpKey(PEM_read_bio_PUBKEY(bio.get(), nullptr, no_password, nullptr));
}

EvpKey key_from_point(ByteView point, const CurveFacts& facts) {
  const EvpKeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1) return nullptr;
  std::string group = facts.group;
  Bytes bytes(point.begin(), point.end());
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size()),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, bytes.data(), bytes.size()),
      OSSL_PARAM_construct_end()};
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1) return nullptr;
  return EvpKey(key);
}

bool is_on_curve(EVP_PKEY* key, const CurveFacts& facts) {
  char group[64] = {};
  std::size_t size = 0;
  return EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_group_name(key, group, sizeof group, &size) == 1 &&
         std::strcmp(group, facts.group) == 0;
}

bool append_coordinate(Bytes& out, EVP_PKEY* key, const char* name, std::size_t size) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) return false;
  const BigNumber owned(number);
  Bytes bytes(size);
  if (BN_bn2binpad(number, bytes.data(), static_cast<int>(size)) < 0) return false;
  out.insert(out.end(), bytes.begin(), bytes.end());
  return true;
}

Result<Bytes> uncompressed_point(EVP_PKEY* key, const CurveFacts& facts) {
  Bytes point{0x04};
  if (key != nullptr && is_on_curve(key, facts) &&
      append_coordinate(point, key, OSSL_PKEY_PARAM_EC_PUB_X, facts.coordinate_size) &&
      append_coordinate(point, key, OSSL_PKEY_PARAM_EC_PUB_Y, facts.coordinate_size))
    return point;
  return fail(ErrorKind::usage, std::string("is not an ECDSA public key on ") + facts.name);
}

// `padding`: only for RSA.
bool verify_with(EVP_PKEY* key, const EVP_MD* digest, std::optional<int> padding, ByteView message,
                 ByteView signature) {
  const EvpDigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;  // belongs to `context`
  if (!context || EVP_DigestVerifyInit(context.get(), &parameters, digest, nullptr, key) != 1) return false;
  if (padding && (EVP_PKEY_CTX_set_rsa_padding(parameters, *padding) != 1 ||
                  EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_AUTO) != 1))
    return false;
  return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

}  // namespace

Result<Bytes> ecdsa_key_from_pem(std::string_view pem, EllipticCurve curve) {
  const ErrorQueueGuard guard;
  const EvpKey key = key_from_pem(pem);
  return uncompressed_point(key.get(), facts_of(curve));
}

Result<Bytes> ecdsa_key_from_point(ByteView point, EllipticCurve curve) {
  const ErrorQueueGuard guard;
  const EvpKey key = key_from_point(point, facts_of(curve));
  return uncompressed_point(key.get(), facts_of(curve));
}

Result<Bytes> rsa_key_from_pem(std::string_view pem) {
  const ErrorQueueGuard guard;
  const EvpKey key = key_from_pem(pem);
  if (!key || EVP_PKEY_is_a(key.get(), "RSA") != 1)
    return fail(ErrorKind::usage, "is not an RSA public key in PEM");
  const int bits = EVP_PKEY_get_bits(key.get());
  if (bits < rsa_bits_min || bits > rsa_bits_max)
    return fail(ErrorKind::usage, "is an RSA key of " + std::to_string(bits) + " bits, outside 2048..8192");
  unsigned char* encoded = nullptr;
  const int size = i2d_PUBKEY(key.get(), &encoded);
  if (size <= 0) return fail(ErrorKind::usage, "is not an RSA public key that can be written again");
  Bytes der(encoded, encoded + size);
  OPENSSL_free(encoded);
  return der;
}

Result<Bytes> ed25519_key_from_pem(std::string_view pem) {
  const ErrorQueueGuard guard;
  const EvpKey key = key_from_pem(pem);
  Bytes raw(32);
  std::size_t size = raw.size();
  if (!key || EVP_PKEY_is_a(key.get(), "ED25519") != 1 ||
      EVP_PKEY_get_raw_public_key(key.get(), raw.data(), &size) != 1 || size != raw.size())
    return fail(ErrorKind::usage, "is not an Ed25519 public key in PEM");
  return raw;
}

bool verify_ecdsa(EllipticCurve curve, ByteView key, ByteView message, ByteView signature) {
  const ErrorQueueGuard guard;
  const CurveFacts& facts = facts_of(curve);
  const EvpKey opened = key_from_point(key, facts);
  return opened && verify_with(opened.get(), facts.digest(), std::nullopt, message, signature);
}

bool verify_rsa_pss_sha256(ByteView key, ByteView message, ByteView signature) {
  const ErrorQueueGuard guard;
  const unsigned char* at = key.data();
  const EvpKey opened(d2i_PUBKEY(nullptr, &at, static_cast<long>(key.size())));
  return opened && EVP_PKEY_is_a(opened.get(), "RSA") == 1 &&
         verify_with(opened.get(), EVP_sha256(), RSA_PKCS1_PSS_PADDING, message, signature);
}

}  // namespace dunlin
