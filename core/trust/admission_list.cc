#include "core/trust/admission_list.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/trust/canonical_json.h"
#include "core/trust/json_reader.h"

namespace dunlin {

namespace {

using Json = nlohmann::json;

constexpr std::int64_t list_format_version = 1;

BeaconKey read_beacon_key(const JsonReader& json) {
  const Bytes bytes = json.hex(32);
  BeaconKey key{};
  if (bytes.size() != key.size()) json.refuse("is not a key (64 lower-case hexadecimal digits)");
  if (bytes.size() == key.size()) std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

std::vector<std::string> read_names(const JsonReader& json, std::size_t count_max) {
  std::vector<std::string> names;
  if (json.value().size() > count_max) {
    json.refuse("has more than " + std::to_string(count_max) + " entries");
    return names;
  }
  for (const JsonReader& name : json.elements()) names.push_back(name.text(64));
  return names;
}

void read_list_header(const JsonReader& json) {
  if (json.at("_type").text() != "admission") json.at("_type").refuse("is not \"admission\"");
  if (json.at("format").integer(1) != list_format_version)
    json.at("format").refuse("is newer than this program understands; update dunlin on this machine first");
}

AdmissionList read_list(const JsonReader& json) {
  AdmissionList list;
  read_list_header(json);
  list.epoch = json.at("epoch").integer(1);
  const JsonReader keys = json.at("beacon_keys");
  list.beacon_key = read_beacon_key(keys.at("current"));
  if (keys.has("previous")) list.previous_beacon_key = read_beacon_key(keys.at("previous"));
  const JsonReader revoked = json.at("revoked");
  list.revoked_serials = read_names(revoked.at("serials"), revoked_serials_max);
  list.revoked_devices = read_names(revoked.at("devices"), revoked_devices_max);
  return list;
}

bool is_sorted_set(const std::vector<std::string>& names) {
  return std::adjacent_find(names.begin(), names.end(), std::greater_equal<>()) == names.end();
}

Result<void> check_names(const std::vector<std::string>& names, std::size_t count_max, const char* field,
                         bool (*is_good)(std::string_view)) {
  const auto refuse = [field](const char* why) {
    return fail(ErrorKind::bad_image, std::string("admission list: ") + field + " " + why);
  };
  if (names.size() > count_max) return refuse("has too many entries");
  if (!is_sorted_set(names)) return refuse("is not sorted, or names one twice");
  if (!std::all_of(names.begin(), names.end(), is_good)) return refuse("has an entry that cannot be one");
  return {};
}

void add_names(std::vector<std::string>& names, const std::vector<std::string>& more) {
  names.insert(names.end(), more.begin(), more.end());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::binary_search(names.begin(), names.end(), name);
}

}  // namespace

bool AdmissionList::admits(const DeviceCertificate& device) const {
  return !holds(revoked_serials, device.serial) && !holds(revoked_devices, device.device_id);
}

Result<AdmissionList> parse_admission_list(ByteView bytes) {
  Result<Json> json = parse_strict_json(as_text(bytes), admission_list_size_max);
  if (!json) return fail(std::move(json.error()), "admission list");
  JsonFailure failure;
  AdmissionList list = read_list(JsonReader(*json, "", failure));
  Result<void> read = failure.result();
  if (!read) return fail(std::move(read.error()), "admission list");
  Result<void> checked = check_admission_list(list);
  if (!checked) return fail(std::move(checked.error()));
  return list;
}

Result<void> check_admission_list(const AdmissionList& list) {
  if (list.epoch < 1) return fail(ErrorKind::bad_image, "admission list: epoch is below 1");
  if (all_zero(list.beacon_key)) return fail(ErrorKind::bad_image, "admission list: beacon_keys is no key");
  Result<void> serials =
      check_names(list.revoked_serials, revoked_serials_max, "revoked.serials", is_certificate_serial);
  if (!serials) return serials;
  return check_names(list.revoked_devices, revoked_devices_max, "revoked.devices", is_device_id);
}

std::string to_json(const AdmissionList& list) {
  Json keys{{"current", to_hex(list.beacon_key)}};
  if (list.previous_beacon_key) keys["previous"] = to_hex(*list.previous_beacon_key);
  const Json json{{"_type", "admission"},
                  {"format", list_format_version},
                  {"epoch", list.epoch},
                  {"beacon_keys", std::move(keys)},
                  {"revoked", {{"serials", list.revoked_serials}, {"devices", list.revoked_devices}}}};
  Result<std::string> text = to_canonical_json(json);
  CHECK(text.has_value());  // integers and checked strings only
  return std::move(*text);
}

std::optional<TargetFile> admission_target(const TrustedMetadata& metadata) {
  const auto found = metadata.targets().find(std::string(admission_target_name));
  if (found == metadata.targets().end()) return std::nullopt;
  return found->second;
}

Result<AdmissionList> open_admission_list(const TargetFile& target, ByteView json) {
  if (json.size() != target.size || sha256(json) != target.sha256)
    return fail(ErrorKind::bad_peer,
                "the admission list has other bytes than the signed metadata names: fetch it elsewhere");
  return parse_admission_list(json);
}

AdmissionList after_revocation(AdmissionList list, const Revocation& revoked, const BeaconKey& new_key) {
  ++list.epoch;
  list.previous_beacon_key = list.beacon_key;
  list.beacon_key = new_key;
  add_names(list.revoked_serials, revoked.serials);
  add_names(list.revoked_devices, revoked.devices);
  return list;
}

AdmissionList after_readmission(AdmissionList list, const std::string& device_id) {
  const auto found = std::find(list.revoked_devices.begin(), list.revoked_devices.end(), device_id);
  if (found == list.revoked_devices.end()) return list;
  list.revoked_devices.erase(found);
  ++list.epoch;
  return list;
}

}  // namespace dunlin
