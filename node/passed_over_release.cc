#include "node/passed_over_release.h"

#include <nlohmann/json.hpp>

#include "core/trust/version.h"

namespace dunlin {

namespace {

// "toaster, fridge" from a target's custom field; empty when it names none or cannot be read.
std::string hardware_of(const TargetFile& target) {
  const nlohmann::json custom = nlohmann::json::parse(target.custom, nullptr, false);
  if (!custom.is_object() || !custom.contains("hardware") || !custom["hardware"].is_array()) return {};
  std::string names;
  for (const nlohmann::json& name : custom["hardware"]) {
    if (name.is_string()) names += (names.empty() ? "" : ", ") + name.get<std::string>();
  }
  return names;
}

}  // namespace

std::string why_passed_over(const TrustedMetadata& metadata, const std::string& product,
                            const std::string& hardware, const std::string& chosen) {
  const std::string prefix = "releases/" + product + "/";
  std::string newest = chosen;
  std::string sentence;
  for (const auto& [name, target] : metadata.targets()) {
    if (!name.starts_with(prefix) || !name.ends_with(".json")) continue;
    const std::string version = name.substr(prefix.size(), name.size() - prefix.size() - 5);
    const std::string fits = hardware_of(target);
    if (fits.empty() || (!newest.empty() && compare_versions(version, newest) <= 0)) continue;
    newest = version;
    sentence = "release " + version + " is for hardware " + fits + ", but this device is " + hardware;
  }
  return sentence;
}

}  // namespace dunlin
