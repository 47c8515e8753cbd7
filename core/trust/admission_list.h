#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/device_certificate.h"
#include "core/trust/metadata.h"

namespace dunlin {

using BeaconKey = std::array<std::uint8_t, 32>;  // made by chance; seals the fleet's beacons

// Whom a fleet with an authority of its own (core/base/fleet_authority.h) admits no more, and the keys of its
// beacons: a TUF target, signed as releases are, which none but admitted devices ever get to read. Each
// change has a new epoch, and a new beacon key when it shuts somebody out. docs/admission.md.
struct AdmissionList {
  std::int64_t epoch = 1;                        // from 1, one more with each change
  BeaconKey beacon_key{};                        // beacons are sent under it
  std::optional<BeaconKey> previous_beacon_key;  // and read under both: a site changes over one by one
  std::vector<std::string> revoked_serials;      // of certificates; sorted, each once
  std::vector<std::string> revoked_devices;      // whatever their certificate; sorted, each once
  bool operator==(const AdmissionList&) const = default;

  bool admits(const DeviceCertificate& device) const;
};

inline constexpr std::string_view admission_target_name = "fleet/admission.json";
inline constexpr std::size_t admission_list_size_max = 1u << 20;
inline constexpr std::size_t revoked_serials_max = 16'384;
inline constexpr std::size_t revoked_devices_max = 4'096;

// Total parser for untrusted bytes; bad_image with the field's name. Refuses a newer format and what
// check_admission_list refuses.
Result<AdmissionList> parse_admission_list(ByteView json);
// The rules above and the limits; bad_image. Publishers call it before they sign.
Result<void> check_admission_list(const AdmissionList& list);
// Canonical JSON; parse_admission_list(to_json(l)) == l.
std::string to_json(const AdmissionList& list);

// Where trusted targets keep the list; none: the fleet admits everybody (open mode).
std::optional<TargetFile> admission_target(const TrustedMetadata& metadata);
// Checks fetched bytes against the signed length and SHA-256 (bad_peer), then parses them (bad_image).
Result<AdmissionList> open_admission_list(const TargetFile& target, ByteView json);

// The list after these certificates and devices were shut out: the next epoch, the new beacon key in front of
// the one that was. Pure.
struct Revocation {
  std::vector<std::string> serials;
  std::vector<std::string> devices;
};
AdmissionList after_revocation(AdmissionList list, const Revocation& revoked, const BeaconKey& new_key);
// The list when a device is admitted again, with another certificate; revoked certificates stay revoked. The
// same list when it was not shut out by its name. Pure.
AdmissionList after_readmission(AdmissionList list, const std::string& device_id);

}  // namespace dunlin
