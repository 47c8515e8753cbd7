#include "core/base/certificate_parts.h"

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>

namespace dunlin {

namespace {

constexpr std::size_t pem_size_max = 64 * 1024;

// The newest OpenSSL message; clears the queue so that the next failure does not show an old one.
std::string openssl_words() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* words = ERR_reason_error_string(code);
  return words == nullptr ? "unknown OpenSSL failure" : words;
}

// 128 bits of which 127 are chance: positive, always 32 digits, and unique without a counter to keep.
bool set_serial(X509* certificate) {
  const std::unique_ptr<BIGNUM, OpensslFree<BN_free>> serial(BN_new());
  return serial && BN_rand(serial.get(), 128, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_validity(X509* certificate, WallTime expires) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(expires.time_since_epoch()).count();
  return ASN1_TIME_set(X509_getm_notBefore(certificate), 0) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), seconds) != nullptr;
}

}  // namespace

tl::unexpected<Error> openssl_failure(ErrorKind kind, const std::string& what) {
  return fail(kind, what + ": " + openssl_words());
}

int no_password(char* /*buffer*/, int /*size*/, int /*for_writing*/, void* /*unused*/) {
  return -1;
}

Bio bio_over(const std::string& text) {
  if (text.size() > pem_size_max) return nullptr;
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<std::size_t>(size));
}

std::string certificate_text(X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  return text_of(bio.get());
}

std::string key_text(EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio.get());
}

Certificate certificate_from(const std::string& pem) {
  const Bio bio = bio_over(pem);
  return Certificate(bio ? PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr) : nullptr);
}

EvpKey key_from(const std::string& pem) {
  const Bio bio = bio_over(pem);
  return EvpKey(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr) : nullptr);
}

EvpKey new_p256_key() {
  return EvpKey(EVP_EC_gen("P-256"));
}

bool add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const CertificateExtension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_common_name(X509_NAME* name, const std::string& text) {
  const std::string cut = text.substr(0, 64);
  return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(cut.data()),
                                    static_cast<int>(cut.size()), -1, 0) == 1;
}

Certificate blank_certificate(const std::string& name, EVP_PKEY* key, WallTime expires) {
  Certificate certificate(X509_new());
  const bool made = certificate && X509_set_version(certificate.get(), 2) == 1 &&
                    set_serial(certificate.get()) && set_validity(certificate.get(), expires) &&
                    set_common_name(X509_get_subject_name(certificate.get()), name) &&
                    X509_set_pubkey(certificate.get(), key) == 1;
  return made ? std::move(certificate) : nullptr;
}

Result<TlsIdentity> make_self_signed_authority(const std::string& name, WallTime expires) {
  const EvpKey key = new_p256_key();
  if (!key) return openssl_failure(ErrorKind::device, "making an ECDSA key");
  const Certificate certificate = blank_certificate(name, key.get(), expires);
  X509* const made = certificate.get();
  const bool is_signed = made != nullptr && X509_set_issuer_name(made, X509_get_subject_name(made)) == 1 &&
                         add_extension(made, made, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
                         add_extension(made, made, NID_key_usage, "critical,keyCertSign,cRLSign") &&
                         add_extension(made, made, NID_subject_key_identifier, "hash") &&
                         X509_sign(made, key.get(), EVP_sha256()) > 0;
  if (!is_signed) return openssl_failure(ErrorKind::device, "making the certificate authority");
  return TlsIdentity{certificate_text(made), key_text(key.get())};
}

Result<WallTime> expiry_of(const X509* certificate) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) != 1)
    return openssl_failure(ErrorKind::device, "reading a certificate's end");
  return WallTime(std::chrono::seconds(::timegm(&parts)));
}

}  // namespace dunlin
