#pragma once
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/result.h"

struct x509_st;  // OpenSSL's X509

namespace dunlin {

// Who a device is to its fleet, as the certificate says that the fleet authority signed for it
// (core/base/fleet_authority.h). What is read here is true only when that signature was checked, as a TLS
// handshake does.
struct DeviceCertificate {
  std::string device_id;
  std::string serial;  // of the certificate: lower-case hexadecimal, two digits a byte, no zero byte in front
  WallTime expires;
  bool operator==(const DeviceCertificate&) const = default;
};

// Total. The first certificate of a PEM text (at most 64 KiB), or one in OpenSSL's hands. bad_peer: no
// certificate, or not one of a device: exactly one SAN URI "urn:dunlin:device:<id>" (RFC 5280, 4.2.1.6) names
// it.
Result<DeviceCertificate> read_device_certificate(const std::string& pem);
Result<DeviceCertificate> read_device_certificate(const x509_st* certificate);

// 1 to 64 letters, digits, '.', '_' or '-'.
bool is_device_id(std::string_view text);
// 1 to 40 lower-case hexadecimal digits, an even number, as in DeviceCertificate.
bool is_certificate_serial(std::string_view text);

inline constexpr std::string_view device_urn = "urn:dunlin:device:";

}  // namespace dunlin
