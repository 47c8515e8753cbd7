#pragma once
// What a device asks of its fleet authority: a certificate for a key that it keeps (PKCS #10, RFC 2986).
#include <string>

#include "core/base/result.h"

namespace dunlin {

// A new private key, ECDSA P-256, as PEM (PKCS #8).
Result<std::string> make_private_key();

// A request in PEM that names the device as its certificate will (core/base/fleet_authority.h). usage: no
// device id, or a key that cannot be read (a sealed one among them).
Result<std::string> make_device_request(const std::string& key_pem, const std::string& device_id);

}  // namespace dunlin
