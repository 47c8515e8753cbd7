#include "core/trust/release_policy.h"

#include <algorithm>

#include "core/trust/canonical_json.h"
#include "core/trust/json_reader.h"
#include "core/trust/repository_path.h"

namespace dunlin {

namespace {

constexpr std::size_t custom_size_max = 64 * 1024;

struct ReleaseFields {
  std::string product;
  std::string version;
  std::vector<std::string> hardware;
};

std::optional<ReleaseFields> read_custom(std::string_view custom) {
  Result<nlohmann::json> json = parse_strict_json(custom, custom_size_max);
  if (!json) return std::nullopt;
  JsonFailure failure;
  JsonReader reader(*json, "", failure);
  ReleaseFields fields{reader.at("product").text(), reader.at("version").text(), {}};
  if (reader.has("hardware"))
    for (const JsonReader& name : reader.at("hardware").elements()) fields.hardware.push_back(name.text());
  if (failure.message || !check_name(fields.product) || !check_version(fields.version)) return std::nullopt;
  return fields;
}

bool fits(const std::vector<std::string>& hardware, std::string_view machine) {
  return hardware.empty() || std::find(hardware.begin(), hardware.end(), machine) != hardware.end();
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

tl::unexpected<Error> refuse(const Manifest& manifest, ErrorKind kind, const std::string& why) {
  return fail(kind, "release " + manifest.version + " of " + manifest.product + " " + why);
}

Result<void> check_floors(const Manifest& manifest, const DeviceFacts& device) {
  if (!device.version_floor.empty() && compare_versions(manifest.version, device.version_floor) < 0)
    return refuse(manifest, ErrorKind::bad_image,
                  "is below this device's version floor " + device.version_floor +
                      ": publish the content again under a version that is not lower");
  const bool loses_fallback = !manifest.data_floor.empty() && !device.booted_version.empty() &&
                              compare_versions(device.booted_version, manifest.data_floor) < 0;
  if (loses_fallback)
    return refuse(manifest, ErrorKind::bad_image,
                  "changes data so that versions before " + manifest.data_floor +
                      " cannot read it, and this device could fall back to " + device.booted_version +
                      ": install version " + manifest.data_floor + " or a later one that allows this first");
  return {};
}

Result<void> check_sizes(const Manifest& manifest, const DeviceFacts& device) {
  for (const ImageEntry& image : manifest.images) {
    if (image.size <= device.slot_capacity_bytes) continue;
    return refuse(manifest, ErrorKind::usage,
                  "has image " + image.name + " of " + std::to_string(image.size) +
                      " bytes, but the spare slot holds " + std::to_string(device.slot_capacity_bytes) +
                      ": make the image smaller or the slot larger");
  }
  return {};
}

}  // namespace

std::string ReleaseTarget::repository_path() const {
  return target_path(name, file.sha256);
}

std::vector<ReleaseTarget> fitting_releases(const TrustedMetadata& metadata, std::string_view product,
                                            std::string_view hardware) {
  std::vector<ReleaseTarget> releases;
  for (const auto& [name, file] : metadata.targets()) {
    const std::optional<ReleaseFields> fields = read_custom(file.custom);
    if (!fields || fields->product != product || !fits(fields->hardware, hardware)) continue;
    if (name != manifest_target_name(fields->product, fields->version)) continue;
    releases.push_back(ReleaseTarget{name, fields->version, file});
  }
  std::stable_sort(releases.begin(), releases.end(),
                   [](const ReleaseTarget& left, const ReleaseTarget& right) {
                     return compare_versions(left.version, right.version) > 0;
                   });
  return releases;
}

std::optional<ReleaseTarget> select_release(const TrustedMetadata& metadata, std::string_view product,
                                            std::string_view hardware) {
  std::vector<ReleaseTarget> releases = fitting_releases(metadata, product, hardware);
  if (releases.empty()) return std::nullopt;
  return std::move(releases.front());
}

Result<Manifest> open_release(const ReleaseTarget& target, ByteView json) {
  if (json.size() != target.file.size || sha256(json) != target.file.sha256)
    return fail(ErrorKind::bad_peer,
                "release manifest " + target.name +
                    " has other bytes than the signed metadata names: fetch it elsewhere");
  Result<Manifest> manifest = parse_manifest(json);
  if (!manifest) return fail(std::move(manifest.error()), target.name);
  if (manifest_target_name(manifest->product, manifest->version) != target.name)
    return fail(ErrorKind::bad_image,
                target.name + ": release manifest is that of " + manifest->product + " " + manifest->version);
  return manifest;
}

Result<void> check_release(const Manifest& manifest, const DeviceFacts& device) {
  if (manifest.product != device.product)
    return refuse(manifest, ErrorKind::bad_image,
                  "is not for this device, whose product is " + device.product +
                      ": point the device to its own product's repository");
  if (!fits(manifest.hardware, device.hardware))
    return refuse(manifest, ErrorKind::bad_image,
                  "fits hardware " + joined(manifest.hardware) + ", but this device is " + device.hardware +
                      ": publish an image for " + device.hardware);
  Result<void> floors = check_floors(manifest, device);
  if (!floors) return floors;
  return check_sizes(manifest, device);
}

}  // namespace dunlin
