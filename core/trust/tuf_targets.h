#pragma once
#include <map>
#include <string>

#include "core/trust/metadata.h"
#include "core/trust/role.h"

namespace dunlin {

// The targets role: the files of the repository. Delegations are not followed yet: what delegated roles list
// is not trusted.
struct TargetsRole {
  RoleHeader header;
  std::map<std::string, TargetFile> targets;
};
// Every target needs a sha256; other hashes are passed over.
Result<TargetsRole> parse_targets(const SignedFile& file);

}  // namespace dunlin
