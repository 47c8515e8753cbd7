#pragma once
#include <map>

#include "core/trust/role.h"

namespace dunlin {

// The snapshot role: which targets files belong together. Names as listed: "targets.json" and delegated ones.
struct SnapshotRole {
  RoleHeader header;
  std::map<std::string, FileMeta> targets;  // always has "targets.json"
};
Result<SnapshotRole> parse_snapshot(const SignedFile& file);

// Refuses a successor that drops a targets file or lowers the version of one.
Result<void> check_succession(const SnapshotRole& before, const SnapshotRole& after);

}  // namespace dunlin
