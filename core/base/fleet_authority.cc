#include "core/base/fleet_authority.h"

#include <algorithm>
#include <cstring>

#include "core/base/certificate_parts.h"
#include "core/base/certificate_request_parts.h"
#include "core/base/device_certificate.h"

namespace dunlin {

namespace {

constexpr int rsa_bits_min = 2048;
constexpr int rsa_bits_max = 8192;

bool is_fit_for_devices(EVP_PKEY* key) {
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
    return EVP_PKEY_get_bits(key) >= rsa_bits_min && EVP_PKEY_get_bits(key) <= rsa_bits_max;
  char group[64] = {};
  std::size_t size = 0;
  return EVP_PKEY_get_group_name(key, group, sizeof group, &size) == 1 &&
         (std::strcmp(group, "prime256v1") == 0 || std::strcmp(group, "secp384r1") == 0);
}

bool add_device_extensions(X509* certificate, X509* issuer, const std::string& device_id) {
  const std::string names = "DNS:*,URI:" + std::string(device_urn) + device_id;
  return X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1 &&
         add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
         add_extension(certificate, issuer, NID_key_usage, "critical,digitalSignature") &&
         add_extension(certificate, issuer, NID_ext_key_usage, "clientAuth,serverAuth") &&
         add_extension(certificate, issuer, NID_subject_alt_name, names) &&
         add_extension(certificate, issuer, NID_subject_key_identifier, "hash") &&
         add_extension(certificate, issuer, NID_authority_key_identifier, "keyid");
}

Result<std::string> certify(const TlsIdentity& authority, EVP_PKEY* key, const DeviceTerms& terms) {
  if (!is_device_id(terms.device_id))
    return fail(ErrorKind::usage,
                "device id \"" + terms.device_id + "\" must be 1 to 64 letters, digits, '.', '_' or '-'");
  const Certificate issuer = certificate_from(authority.certificate_pem);
  if (!issuer) return openssl_failure(ErrorKind::usage, "reading the fleet authority's certificate");
  const EvpKey issuer_key = key_from(authority.key_pem);
  if (!issuer_key) return openssl_failure(ErrorKind::usage, "reading the fleet authority's key");
  Result<WallTime> end = expiry_of(issuer.get());
  if (!end) return fail(std::move(end.error()));
  const Certificate made = blank_certificate("*", key, std::min(terms.expires, *end));
  const bool is_signed = made && add_device_extensions(made.get(), issuer.get(), terms.device_id) &&
                         X509_sign(made.get(), issuer_key.get(), EVP_sha256()) > 0;
  if (!is_signed) return openssl_failure(ErrorKind::device, "making the device's certificate");
  return certificate_text(made.get());
}

}  // namespace

Result<TlsIdentity> make_fleet_authority(const std::string& name, WallTime expires) {
  return make_self_signed_authority(name, expires);
}

Result<TlsIdentity> make_device_certificate(const TlsIdentity& authority, const DeviceTerms& terms) {
  const EvpKey key = new_p256_key();
  if (!key) return openssl_failure(ErrorKind::device, "making an ECDSA key");
  Result<std::string> certificate = certify(authority, key.get(), terms);
  if (!certificate) return fail(std::move(certificate.error()));
  return TlsIdentity{std::move(*certificate), key_text(key.get())};
}

Result<std::string> sign_device_request(const TlsIdentity& authority, const std::string& text,
                                        const DeviceTerms& terms) {
  const CertificateRequest request = request_from(text);
  if (!request) return openssl_failure(ErrorKind::usage, "reading the certificate request");
  EVP_PKEY* key = X509_REQ_get0_pubkey(request.get());
  if (key == nullptr || X509_REQ_verify(request.get(), key) != 1)
    return openssl_failure(ErrorKind::usage, "the certificate request is not signed by its own key");
  if (!is_fit_for_devices(key))
    return fail(ErrorKind::usage,
                "the certificate request's key must be ECDSA on P-256 or P-384, or RSA of 2048 to 8192 bits");
  Result<std::string> named = device_of_request(request.get());
  if (!named) return fail(ErrorKind::usage, "the certificate request: " + named.error().message);
  if (!named->empty() && *named != terms.device_id)
    return fail(ErrorKind::usage,
                "the certificate request is of device " + *named + ", not of " + terms.device_id);
  return certify(authority, key, terms);
}

}  // namespace dunlin
