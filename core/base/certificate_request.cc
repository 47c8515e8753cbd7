#include "core/base/certificate_request.h"

#include <openssl/pem.h>

#include "core/base/certificate_request_parts.h"
#include "core/base/device_certificate.h"

namespace dunlin {

namespace {

struct ExtensionsFree {
  void operator()(STACK_OF(X509_EXTENSION) * list) const {
    sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
  }
};
using Extensions = std::unique_ptr<STACK_OF(X509_EXTENSION), ExtensionsFree>;

bool add_device_name(X509_REQ* request, const std::string& device_id) {
  const std::string value = "URI:" + std::string(device_urn) + device_id;
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, nullptr, nullptr, request, nullptr, 0);
  CertificateExtension name(X509V3_EXT_conf_nid(nullptr, &context, NID_subject_alt_name, value.c_str()));
  const Extensions list(sk_X509_EXTENSION_new_null());
  if (!name || !list || sk_X509_EXTENSION_push(list.get(), name.get()) <= 0) return false;
  (void)name.release();  // the list's now
  return X509_REQ_add_extensions(request, list.get()) == 1;
}

}  // namespace

CertificateRequest request_from(const std::string& pem) {
  const Bio bio = bio_over(pem);
  return CertificateRequest(bio ? PEM_read_bio_X509_REQ(bio.get(), nullptr, no_password, nullptr) : nullptr);
}

Result<std::string> device_of_request(X509_REQ* request) {
  const Extensions list(X509_REQ_get_extensions(request));
  if (!list) return std::string();
  const CertificateNames names(
      static_cast<GENERAL_NAMES*>(X509V3_get_d2i(list.get(), NID_subject_alt_name, nullptr, nullptr)));
  return device_named_by(names.get());
}

Result<std::string> request_with(EVP_PKEY* key, const std::string& device_id) {
  if (!is_device_id(device_id))
    return fail(ErrorKind::usage,
                "device id \"" + device_id + "\" must be 1 to 64 letters, digits, '.', '_' or '-'");
  const CertificateRequest request(X509_REQ_new());
  const bool made = request && X509_REQ_set_version(request.get(), 0) == 1 &&
                    set_common_name(X509_REQ_get_subject_name(request.get()), "*") &&
                    X509_REQ_set_pubkey(request.get(), key) == 1 &&
                    add_device_name(request.get(), device_id) &&
                    X509_REQ_sign(request.get(), key, EVP_sha256()) > 0;
  if (!made) return openssl_failure(ErrorKind::device, "making a certificate request");
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_REQ(bio.get(), request.get());
  return text_of(bio.get());
}

Result<std::string> make_private_key() {
  const EvpKey key = new_p256_key();
  if (!key) return openssl_failure(ErrorKind::device, "making an ECDSA key");
  return key_text(key.get());
}

Result<std::string> make_device_request(const std::string& key_pem, const std::string& device_id) {
  const EvpKey key = key_from(key_pem);
  if (!key) return openssl_failure(ErrorKind::usage, "reading the device's private key");
  return request_with(key.get(), device_id);
}

}  // namespace dunlin
