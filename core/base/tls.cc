#include "core/base/tls.h"

#include <fstream>

#include <openssl/err.h>

#include "core/base/certificate_parts.h"

namespace dunlin {

namespace {

bool is_address(const std::string& host) {
  error_code code;
  asio::ip::make_address(host, code);
  return !code;
}

bool is_host_name(const std::string& host) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), allowed);
}

std::string alternative_names(const std::vector<std::string>& hosts) {
  std::string list;
  for (const std::string& host : hosts) {
    if (!list.empty()) list += ',';
    list += (is_address(host) ? "IP:" : "DNS:") + host;
  }
  return list;
}

Result<void> check_readable(const std::string& file) {
  if (!std::ifstream(file)) return fail_errno(ErrorKind::device, "opening " + file);
  return {};
}

TlsContext new_context(asio::ssl::context::method method) {
  auto context = std::make_shared<asio::ssl::context>(method);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  return context;
}

}  // namespace

Result<TlsIdentity> make_certificate_authority(const std::string& name, WallTime expires) {
  return make_self_signed_authority(name, expires);
}

Result<TlsIdentity> make_server_certificate(const TlsIdentity& authority,
                                            const std::vector<std::string>& hosts, WallTime expires) {
  if (hosts.empty()) return fail(ErrorKind::usage, "a server certificate needs at least one host name");
  for (const std::string& host : hosts) {
    if (!is_address(host) && !is_host_name(host))
      return fail(ErrorKind::usage, "\"" + host + "\" is neither a host name nor an IP address");
  }
  Certificate issuer = certificate_from(authority.certificate_pem);
  if (!issuer) return openssl_failure(ErrorKind::usage, "reading the authority's certificate");
  EvpKey issuer_key = key_from(authority.key_pem);
  if (!issuer_key) return openssl_failure(ErrorKind::usage, "reading the authority's key");
  EvpKey key = new_p256_key();
  if (!key) return openssl_failure(ErrorKind::device, "making an ECDSA key");
  Certificate certificate = blank_certificate(hosts.front(), key.get(), expires);
  X509* made = certificate.get();
  const bool signed_now = made != nullptr &&
                          X509_set_issuer_name(made, X509_get_subject_name(issuer.get())) == 1 &&
                          add_extension(made, issuer.get(), NID_basic_constraints, "critical,CA:FALSE") &&
                          add_extension(made, issuer.get(), NID_key_usage, "critical,digitalSignature") &&
                          add_extension(made, issuer.get(), NID_ext_key_usage, "serverAuth") &&
                          add_extension(made, issuer.get(), NID_subject_alt_name, alternative_names(hosts)) &&
                          add_extension(made, issuer.get(), NID_subject_key_identifier, "hash") &&
                          add_extension(made, issuer.get(), NID_authority_key_identifier, "keyid") &&
                          X509_sign(made, issuer_key.get(), EVP_sha256()) > 0;
  if (!signed_now) return openssl_failure(ErrorKind::device, "making the server certificate");
  return TlsIdentity{certificate_text(made), key_text(key.get())};
}

Result<WallTime> certificate_expiry(const std::string& certificate_pem) {
  Certificate certificate = certificate_from(certificate_pem);
  if (!certificate) return openssl_failure(ErrorKind::device, "reading a certificate");
  return expiry_of(certificate.get());
}

Result<TlsContext> tls_client_context(const std::string& ca_file) {
  TlsContext context = new_context(asio::ssl::context::tls_client);
  context->set_verify_mode(asio::ssl::verify_peer);
  error_code code;
  if (ca_file.empty()) {
    context->set_default_verify_paths(code);
    if (code) return fail(ErrorKind::device, "reading the system's certificate store: " + code.message());
    return context;
  }
  Result<void> readable = check_readable(ca_file);
  if (!readable) return fail(std::move(readable.error()), "certificate authority");
  context->load_verify_file(ca_file, code);
  if (code) return fail(ErrorKind::device, ca_file + " holds no PEM certificate: " + code.message());
  return context;
}

Result<TlsContext> tls_server_context(const std::string& certificate_file, const std::string& key_file) {
  for (const std::string& file : {certificate_file, key_file}) {
    Result<void> readable = check_readable(file);
    if (!readable) return fail(std::move(readable.error()), "TLS server");
  }
  TlsContext context = new_context(asio::ssl::context::tls_server);
  error_code code;
  context->use_certificate_chain_file(certificate_file, code);
  if (code) return fail(ErrorKind::device, certificate_file + " holds no PEM certificate: " + code.message());
  context->use_private_key_file(key_file, asio::ssl::context::pem, code);
  if (code && ERR_GET_REASON(static_cast<unsigned long>(code.value())) == X509_R_KEY_VALUES_MISMATCH)
    return fail(ErrorKind::usage, key_file + " is not the key of " + certificate_file);
  if (code) return fail(ErrorKind::device, key_file + " holds no usable PEM key: " + code.message());
  if (SSL_CTX_check_private_key(context->native_handle()) != 1) {
    ERR_clear_error();
    return fail(ErrorKind::usage, key_file + " is not the key of " + certificate_file);
  }
  return context;
}

Result<void> expect_host(TlsSocket& socket, const std::string& host) {
  SSL* handle = socket.native_handle();
  X509_VERIFY_PARAM* parameters = SSL_get0_param(handle);
  if (is_address(host)) {
    if (X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) != 1)
      return openssl_failure(ErrorKind::usage, "expecting the address " + host);
    return {};
  }
  if (!is_host_name(host)) return fail(ErrorKind::usage, "\"" + host + "\" is not a host name");
  X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const bool set = X509_VERIFY_PARAM_set1_host(parameters, host.data(), host.size()) == 1 &&
                   SSL_set_tlsext_host_name(handle, host.c_str()) == 1;
  if (!set) return openssl_failure(ErrorKind::usage, "expecting the host " + host);
  return {};
}

std::string verification_failure(TlsSocket& socket) {
  const long code = SSL_get_verify_result(socket.native_handle());
  return code == X509_V_OK ? std::string() : X509_verify_cert_error_string(code);
}

}  // namespace dunlin
