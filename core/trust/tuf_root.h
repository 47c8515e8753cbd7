#pragma once
#include <map>

#include "core/trust/role.h"

namespace dunlin {

// The root role: which keys speak for which role.
struct RootRole {
  RoleHeader header;
  bool consistent_snapshot = false;
  std::map<std::string, RoleKeys> roles;  // always root, timestamp, snapshot, targets; perhaps others

  const RoleKeys& keys_of(const std::string& role) const { return roles.at(role); }
};

// Form only; signatures are verify_signatures()' matter.
Result<RootRole> parse_root(const SignedFile& file);

// True when a key that spoke for `role` in `before` does not in `after`.
bool has_lost_key(const RootRole& before, const RootRole& after, const std::string& role);

}  // namespace dunlin
