#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/trust/role.h"

namespace dunlin {

// One entry of "delegations.roles" (TUF specification 4.5): a targets role may pass on some of its paths.
struct DelegatedRole {
  std::string name;
  RoleKeys keys;
  bool terminating = false;                     // who is delegated to has the last word on its paths
  std::vector<std::string> paths;               // patterns (path_pattern.h)
  std::vector<std::string> path_hash_prefixes;  // of the path's SHA-256, lower-case hexadecimal

  // May this role speak of the target?
  bool covers(std::string_view target) const;
};

// "delegations" in order of priority. Refuses a delegation to a top-level role's name, two of one name, one
// with both or neither of paths and path_hash_prefixes, and more than 16,384 of them.
std::vector<DelegatedRole> read_delegations(const JsonReader& json);

}  // namespace dunlin
