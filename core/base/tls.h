#pragma once
// The door to OpenSSL's certificates and TLS: who makes them, who checks them. TLS 1.2 or newer everywhere.
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "core/base/asio.h"  // before ssl.hpp: Boost 1.74 needs <utility> first
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/base/tls_identity.h"

namespace dunlin {

// A self-signed authority that may sign server certificates and nothing above them; valid until `expires`.
// Certificates made here begin in 1970: a device whose clock has not been set must still reach its seeder,
// and the signed metadata, not TLS, is what protects it from old bytes.
Result<TlsIdentity> make_certificate_authority(const std::string& name, WallTime expires);

// A server certificate for `hosts` (names or IP addresses, at least one), signed by `authority`.
// usage: a bad host or an authority that cannot be read.
Result<TlsIdentity> make_server_certificate(const TlsIdentity& authority,
                                            const std::vector<std::string>& hosts, WallTime expires);

// When the first certificate of a PEM text ends.
Result<WallTime> certificate_expiry(const std::string& certificate_pem);

using TlsContext = std::shared_ptr<asio::ssl::context>;
using TlsSocket = asio::ssl::stream<asio::ip::tcp::socket>;

// Verifies servers against the PEM file `ca_file`, or against the system's store when it is empty.
// device: the file is missing or holds no certificate; the message names it.
Result<TlsContext> tls_client_context(const std::string& ca_file);

// device: a file is missing or unreadable; usage: the key does not belong to the certificate.
Result<TlsContext> tls_server_context(const std::string& certificate_file, const std::string& key_file);

// Makes the coming client handshake on `socket` fail unless the server's certificate is for `host` (a name,
// also sent as SNI, or an IP address).
Result<void> expect_host(TlsSocket& socket, const std::string& host);

// Why the last handshake's verification failed ("self-signed certificate in certificate chain"), or empty.
std::string verification_failure(TlsSocket& socket);

}  // namespace dunlin
