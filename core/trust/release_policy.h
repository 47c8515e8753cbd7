#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/trust/manifest.h"
#include "core/trust/metadata.h"
#include "core/trust/version.h"

namespace dunlin {

// A release as the targets role lists it; the manifest itself is fetched next.
struct ReleaseTarget {
  std::string name;  // TUF target name, "releases/<product>/<version>.json"
  std::string version;
  TargetFile file;
  // Where consistent snapshots keep it: "targets/releases/<product>/<sha256>.<version>.json".
  std::string repository_path() const;
};

// Releases of `product` that fit `hardware`, newest first, as select_release finds them.
std::vector<ReleaseTarget> fitting_releases(const TrustedMetadata& metadata, std::string_view product,
                                            std::string_view hardware);

// The newest release of `product` that fits `hardware`, from the names and custom fields of trusted targets.
// None when there is none. Entries under releases/<product>/ whose custom field is missing, damaged or
// contradicts the name are passed over.
std::optional<ReleaseTarget> select_release(const TrustedMetadata& metadata, std::string_view product,
                                            std::string_view hardware);

// Checks fetched manifest bytes against the target's length and SHA-256, parses them, and compares product
// and version with the target's name. bad_peer for wrong bytes, bad_image for a wrong manifest.
Result<Manifest> open_release(const ReleaseTarget& target, ByteView json);

// What a device is, for check_release. Empty strings mean: nothing known, no limit.
struct DeviceFacts {
  std::string product;
  std::string hardware;
  std::string version_floor;              // highest floor of a release confirmed here
  std::string booted_version;             // what runs now
  std::uint64_t slot_capacity_bytes = 0;  // of the spare slot
};

// Success when the device may install the release. Refusals (bad_image; usage when the machine's slot is the
// cause) say which rule and what to do: wrong product, wrong hardware, below the floor, data floor above the
// booted version, image larger than the slot. Installing the booted version again is allowed.
Result<void> check_release(const Manifest& manifest, const DeviceFacts& device);

}  // namespace dunlin
