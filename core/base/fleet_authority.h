#pragma once
// The authority that says which devices belong to a fleet, and what it signs for them. Certificates begin in
// 1970, as all of dunlin's (core/base/tls.h).
#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/base/tls_identity.h"

namespace dunlin {

// Self-signed (ECDSA P-256), for device certificates and nothing above them. It is not the authority of the
// seeder's own server certificate: no device may pass for the seeder.
Result<TlsIdentity> make_fleet_authority(const std::string& name, WallTime expires);

// What a device certificate says.
struct DeviceTerms {
  std::string device_id;  // see is_device_id()
  WallTime expires;       // never later than the authority's own end: cut to it
};

// A new key (ECDSA P-256) and its certificate, for both ends of a connection (clientAuth, serverAuth). The
// device is in the SAN URI "urn:dunlin:device:<id>"; common name and SAN DNS name are "*", because
// libtorrent's SSL torrents ask for exactly that, and take a common name for a torrent's when it is only the
// beginning of it. The serial has 128 bits of which 127 are chance. usage: no device id, or an authority that
// cannot be read.
Result<TlsIdentity> make_device_certificate(const TlsIdentity& authority, const DeviceTerms& terms);

// The same for a key that stays where it is; returns the certificate's PEM. `request`: PKCS #10 (RFC 2986) in
// PEM, at most 64 KiB, of a key on P-256 or P-384 or RSA of 2048 to 8192 bits. Of what it asks for, only the
// key counts. usage: no request, not signed by its own key, another kind of key, or it names another device
// than `terms`.
Result<std::string> sign_device_request(const TlsIdentity& authority, const std::string& request,
                                        const DeviceTerms& terms);

}  // namespace dunlin
