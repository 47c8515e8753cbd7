#pragma once
#include <map>
#include <string>

#include "core/trust/metadata.h"
#include "core/trust/role.h"
#include "core/trust/tuf_delegation.h"

namespace dunlin {

// A target as any repository may list it. At least one hash was named, but perhaps none that this program
// knows: check_target refuses it then.
struct TargetEntry {
  std::uint64_t size = 0;
  std::optional<Digest> sha256;
  std::optional<Bytes> sha512;
  std::string custom;  // JSON text of "custom", or empty
};

// Length and every known hash; bad_image.
Result<void> check_target(const TargetEntry& target, ByteView bytes);

// A targets role, the top-level one or one that was delegated to: files of the repository, and who else may
// speak of some of them.
struct TargetsRole {
  RoleHeader header;
  std::map<std::string, TargetEntry> targets;
  std::vector<DelegatedRole> delegations;

  // Those that name a SHA-256, as all of dunlin's own do.
  std::map<std::string, TargetFile> target_files() const;
};
Result<TargetsRole> parse_targets(const SignedFile& file);

}  // namespace dunlin
