#pragma once
// What makes and what reads a certificate request shares; nobody else includes this.
#include "core/base/certificate_parts.h"

namespace dunlin {

using CertificateRequest = std::unique_ptr<X509_REQ, OpensslFree<X509_REQ_free>>;

// Null when the text holds none or is longer than 64 KiB.
CertificateRequest request_from(const std::string& pem);
// As device_named_by() has it.
Result<std::string> device_of_request(X509_REQ* request);
// Signed by `key`, as a device's.
Result<std::string> request_with(EVP_PKEY* key, const std::string& device_id);

}  // namespace dunlin
