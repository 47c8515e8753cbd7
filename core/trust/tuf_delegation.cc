#include "core/trust/tuf_delegation.h"

#include <algorithm>
#include <set>

#include "core/trust/path_pattern.h"

namespace dunlin {

namespace {

constexpr std::size_t delegations_max = 16 * 1024;  // hashed bins come in thousands

bool is_top_level(std::string_view name) {
  return name == "root" || name == "timestamp" || name == "snapshot" || name == "targets";
}

std::vector<std::string> read_texts(const JsonReader& json) {
  std::vector<std::string> texts;
  for (const JsonReader& each : json.elements()) texts.push_back(each.text());
  return texts;
}

std::vector<std::string> read_hash_prefixes(const JsonReader& json) {
  std::vector<std::string> prefixes = read_texts(json);
  for (std::string& prefix : prefixes) {
    std::transform(prefix.begin(), prefix.end(), prefix.begin(),
                   [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; });
    if (prefix.find_first_not_of("0123456789abcdef") != std::string::npos)
      json.refuse("has an entry that is not hexadecimal");
  }
  return prefixes;
}

DelegatedRole read_delegation(const JsonReader& json, const KeysById& keys) {
  DelegatedRole role;
  role.name = json.at("name").text();
  if (role.name.empty()) json.at("name").refuse("is empty");
  if (is_top_level(role.name)) json.at("name").refuse("is \"" + role.name + "\", a top-level role");
  role.keys = read_role_keys(json, keys);
  if (json.has("terminating")) role.terminating = json.at("terminating").boolean();
  if (json.has("paths") == json.has("path_hash_prefixes"))
    json.refuse("needs either paths or path_hash_prefixes");
  if (json.has("paths")) role.paths = read_texts(json.at("paths"));
  if (json.has("path_hash_prefixes"))
    role.path_hash_prefixes = read_hash_prefixes(json.at("path_hash_prefixes"));
  return role;
}

}  // namespace

bool DelegatedRole::covers(std::string_view target) const {
  if (std::any_of(paths.begin(), paths.end(),
                  [&](const std::string& pattern) { return matches_path_pattern(pattern, target); }))
    return true;
  if (path_hash_prefixes.empty()) return false;
  const std::string hash = sha256(as_bytes(target)).hex();
  return std::any_of(path_hash_prefixes.begin(), path_hash_prefixes.end(),
                     [&](const std::string& prefix) { return hash.starts_with(prefix); });
}

std::vector<DelegatedRole> read_delegations(const JsonReader& json) {
  const KeysById keys = read_keys(json.at("keys"));
  std::vector<DelegatedRole> roles;
  const JsonReader list = json.at("roles");
  if (list.value().size() > delegations_max) {
    list.refuse("has more than " + std::to_string(delegations_max) + " entries");
    return roles;
  }
  std::set<std::string> names;
  for (const JsonReader& each : list.elements()) {
    DelegatedRole role = read_delegation(each, keys);
    if (!names.insert(role.name).second) each.refuse("is one more delegation to " + role.name);
    roles.push_back(std::move(role));
  }
  return roles;
}

}  // namespace dunlin
