#include "core/trust/tuf_snapshot.h"

namespace dunlin {

Result<SnapshotRole> parse_snapshot(const SignedFile& file) {
  JsonFailure failure;
  JsonReader body(file.body, "", failure);
  SnapshotRole role;
  role.header = read_role_header(body, "snapshot");
  for (const auto& [name, meta] : body.at("meta").members()) role.targets[name] = read_file_meta(meta);
  if (!role.targets.contains("targets.json")) body.at("meta").refuse("does not list targets.json");
  Result<void> read = failure.result();
  if (!read) return fail(std::move(read.error()));
  return role;
}

Result<void> check_succession(const SnapshotRole& before, const SnapshotRole& after) {
  for (const auto& [name, meta] : before.targets) {
    auto successor = after.targets.find(name);
    if (successor == after.targets.end())
      return fail(ErrorKind::bad_image, "no longer lists " + name + " (rollback)");
    if (successor->second.version < meta.version)
      return fail(ErrorKind::bad_image, "lists " + name + " in version " +
                                            std::to_string(successor->second.version) + ", older than " +
                                            std::to_string(meta.version) + " (rollback)");
  }
  return {};
}

}  // namespace dunlin
