#include "core/base/device_certificate.h"

#include <algorithm>

#include "core/base/bytes.h"
#include "core/base/certificate_parts.h"

namespace dunlin {

namespace {

constexpr std::size_t serial_digits_max = 40;  // 20 octets (RFC 5280, 4.1.2.2)

Result<std::string> serial_of(const X509* certificate) {
  const ASN1_INTEGER* serial = X509_get0_serialNumber(certificate);
  const ByteView octets(ASN1_STRING_get0_data(serial), static_cast<std::size_t>(ASN1_STRING_length(serial)));
  const auto first =
      std::find_if(octets.begin(), octets.end(), [](std::uint8_t octet) { return octet != 0; });
  const std::string text = to_hex(ByteView(first, octets.end()));
  if (ASN1_STRING_type(serial) != V_ASN1_INTEGER || !is_certificate_serial(text))
    return fail(ErrorKind::bad_peer, "the certificate's serial number is not from 1 to 2^160");
  return text;
}

}  // namespace

Result<std::string> device_named_by(const GENERAL_NAMES* names) {
  std::string found;
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
    const std::string_view text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                                static_cast<std::size_t>(ASN1_STRING_length(uri)));
    if (!text.starts_with(device_urn)) continue;
    const std::string_view id = text.substr(device_urn.size());
    if (!is_device_id(id)) return fail(ErrorKind::bad_peer, "it names a device by something that is no id");
    if (!found.empty()) return fail(ErrorKind::bad_peer, "it names several devices");
    found = id;
  }
  return found;
}

Result<DeviceCertificate> read_device_certificate(const std::string& pem) {
  const Certificate certificate = certificate_from(pem);
  if (!certificate) return openssl_failure(ErrorKind::bad_peer, "reading a device's certificate");
  return read_device_certificate(certificate.get());
}

Result<DeviceCertificate> read_device_certificate(const x509_st* certificate) {
  const CertificateNames names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  Result<std::string> device_id = device_named_by(names.get());
  if (!device_id) return fail(std::move(device_id.error()), "not a device's certificate");
  if (device_id->empty())
    return fail(ErrorKind::bad_peer, "not a device's certificate: no name urn:dunlin:device:… in it");
  Result<std::string> serial = serial_of(certificate);
  if (!serial) return fail(std::move(serial.error()));
  Result<WallTime> expires = expiry_of(certificate);
  if (!expires) return fail(std::move(expires.error()));
  return DeviceCertificate{std::move(*device_id), std::move(*serial), *expires};
}

bool is_device_id(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), allowed);
}

bool is_certificate_serial(std::string_view text) {
  const auto allowed = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return !text.empty() && text.size() <= serial_digits_max && text.size() % 2 == 0 &&
         !text.starts_with("00") && std::all_of(text.begin(), text.end(), allowed);
}

}  // namespace dunlin
