#pragma once
// The door to OpenSSL's signature checks: ECDSA (FIPS 186-4) on P-256 with SHA-256 and on P-384 with SHA-384,
// RSASSA-PSS (RFC 8017) with SHA-256. Ed25519 is libsodium's (core/trust/signature.h); only its PEM is read
// here. Any thread.
#include "core/base/bytes.h"

namespace dunlin {

inline constexpr int rsa_bits_min = 2048;  // TUF specification 4.2
inline constexpr int rsa_bits_max = 8192;  // bounds what one verification costs

enum class EllipticCurve { p256, p384 };

// Public keys from PEM text ("BEGIN PUBLIC KEY", RFC 7468), each in one form, whatever was written: equal
// keys are equal bytes. usage: no such PEM, or a key of another kind.
Result<Bytes> ecdsa_key_from_pem(std::string_view pem, EllipticCurve curve);  // 0x04, x, y
Result<Bytes> rsa_key_from_pem(std::string_view pem);      // DER; 2048 to 8192 bits, others are refused
Result<Bytes> ed25519_key_from_pem(std::string_view pem);  // 32 bytes
// The point itself, compressed or not (SEC 1); the result is not compressed. usage: not a point of the curve.
Result<Bytes> ecdsa_key_from_point(ByteView point, EllipticCurve curve);

// False for any wrong signature or key; keys are what the functions above return, signatures DER for ECDSA.
bool verify_ecdsa(EllipticCurve curve, ByteView key, ByteView message, ByteView signature);
// The salt may have any length.
bool verify_rsa_pss_sha256(ByteView key, ByteView message, ByteView signature);

}  // namespace dunlin
