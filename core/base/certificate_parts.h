#pragma once
// What the files that make and read certificates share, in OpenSSL's own words; nobody else includes this.
#include <string>

#include <openssl/x509v3.h>

#include "core/base/clock.h"
#include "core/base/public_key_handle.h"
#include "core/base/result.h"
#include "core/base/tls_identity.h"

namespace dunlin {

using Certificate = std::unique_ptr<X509, OpensslFree<X509_free>>;
using CertificateExtension = std::unique_ptr<X509_EXTENSION, OpensslFree<X509_EXTENSION_free>>;
using CertificateNames = std::unique_ptr<GENERAL_NAMES, OpensslFree<GENERAL_NAMES_free>>;

// `what` with the newest OpenSSL message; clears the queue so that the next failure does not show an old one.
tl::unexpected<Error> openssl_failure(ErrorKind kind, const std::string& what);

// For PEM readers: without it OpenSSL asks the terminal for the password of a sealed text.
int no_password(char* buffer, int size, int for_writing, void* unused);
Bio bio_over(const std::string& text);  // null when it is longer than 64 KiB; borrows the text
std::string text_of(BIO* bio);
std::string certificate_text(X509* certificate);
std::string key_text(EVP_PKEY* key);  // PKCS #8
// Null when the text holds none, is longer than 64 KiB, or is sealed: nobody is asked for a password.
Certificate certificate_from(const std::string& pem);
EvpKey key_from(const std::string& pem);
EvpKey new_p256_key();

// `value` as OpenSSL's x509v3_config(5) has it.
bool add_extension(X509* certificate, X509* issuer, int nid, const std::string& value);
bool set_common_name(X509_NAME* name, const std::string& text);  // cut at 64 bytes, the limit of X.520
// Everything but the extensions, the issuer and the signature; valid from 1970. Null: no memory.
Certificate blank_certificate(const std::string& name, EVP_PKEY* key, WallTime expires);
// A new key and its certificate, that may sign others and nothing above them.
Result<TlsIdentity> make_self_signed_authority(const std::string& name, WallTime expires);
Result<WallTime> expiry_of(const X509* certificate);
// The device of the one URI "urn:dunlin:device:<id>" among `names` (null: none); empty when there is none.
// bad_peer: several, or no id. In device_certificate.cc.
Result<std::string> device_named_by(const GENERAL_NAMES* names);

}  // namespace dunlin
