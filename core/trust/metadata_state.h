#pragma once
// The inside of TrustedMetadata, shared by metadata.cc and metadata_bundle.cc only.
#include "core/trust/metadata.h"
#include "core/trust/role.h"
#include "core/trust/tuf_root.h"
#include "core/trust/tuf_snapshot.h"
#include "core/trust/tuf_targets.h"
#include "core/trust/tuf_timestamp.h"

namespace dunlin {

// A role and the bytes it was read from.
template <class Role>
struct Trusted {
  Role role;
  std::string json;
};

// Form and signatures: what every file has to pass first. Failures begin with the role's name.
template <class Role>
Result<Trusted<Role>> open_role(std::string_view json, std::size_t size_max, const RoleKeys& keys,
                                Result<Role> (*parse)(const SignedFile&), std::string_view name) {
  Result<SignedFile> file = parse_signed_file(json, size_max);
  if (!file) return fail(std::move(file.error()), name);
  Result<void> verified = verify_signatures(*file, keys);
  if (!verified) return fail(std::move(verified.error()), name);
  Result<Role> role = parse(*file);
  if (!role) return fail(std::move(role.error()), name);
  return Trusted<Role>{std::move(*role), std::string(json)};
}

struct TrustedMetadata::State {
  RootRole root;
  std::string root_json;
  std::vector<std::string> later_roots;  // every root after the initial one
  std::optional<Trusted<TimestampRole>> timestamp;
  std::optional<Trusted<SnapshotRole>> snapshot;
  std::optional<Trusted<TargetsRole>> targets;
  std::map<std::string, TargetFile> target_files;  // of `targets`

  Result<Trusted<TimestampRole>> open_timestamp(std::string_view json) const {
    return open_role<TimestampRole>(json, timestamp_size_max, root.keys_of("timestamp"), parse_timestamp,
                                    "timestamp");
  }
  Result<Trusted<SnapshotRole>> open_snapshot(std::string_view json) const {
    return open_role<SnapshotRole>(json, snapshot_size_max, root.keys_of("snapshot"), parse_snapshot,
                                   "snapshot");
  }
  Result<Trusted<TargetsRole>> open_targets(std::string_view json) const {
    return open_role<TargetsRole>(json, targets_size_max, root.keys_of("targets"), parse_targets, "targets");
  }

  void keep(Trusted<TargetsRole> role) {
    target_files = role.role.target_files();
    targets = std::move(role);
  }
  void forget_targets() {
    targets.reset();
    target_files.clear();
  }

  // 5.3.11: a repository that recovers from a stolen key takes it away; versions raised with that key must
  // not hold the device back. Also forgets whatever the new root's keys no longer vouch for.
  void forget_after_rotation(const RootRole& before) {
    if (has_lost_key(before, root, "timestamp") || has_lost_key(before, root, "snapshot")) {
      timestamp.reset();
      snapshot.reset();
    }
    if (timestamp && !open_timestamp(timestamp->json)) timestamp.reset();
    if (snapshot && !open_snapshot(snapshot->json)) snapshot.reset();
    if (targets && !open_targets(targets->json)) forget_targets();
  }
};

}  // namespace dunlin
