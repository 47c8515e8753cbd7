// Delegated targets files of a TrustedMetadata.
#include "core/trust/metadata_state.h"

namespace dunlin {

Result<TargetsRole> TrustedMetadata::open_delegated(const DelegatedRole& delegation, std::string_view json,
                                                    TrustTime now) const {
  const std::string& name = delegation.name;
  if (!state_->snapshot) return fail(ErrorKind::retry_later, name + ": there is no snapshot yet");
  const auto& listed = state_->snapshot->role.targets;
  const auto named = listed.find(name + ".json");
  if (named == listed.end()) return fail(ErrorKind::bad_image, name + ": snapshot does not list it");
  Result<void> same = check_file(named->second, json);
  if (!same) return fail(std::move(same.error()), name);
  Result<Trusted<TargetsRole>> opened =
      open_role<TargetsRole>(json, targets_size_max, delegation.keys, parse_targets, name);
  if (!opened) return fail(std::move(opened.error()));
  const RoleHeader& header = opened->role.header;
  if (header.version != named->second.version)
    return fail(ErrorKind::bad_image, name + ": version " + std::to_string(header.version) + " is not " +
                                          std::to_string(named->second.version) + ", which snapshot names");
  Result<void> valid = check_expiry(name, header, now, proven_time());
  if (!valid) return fail(std::move(valid.error()));
  return std::move(opened->role);
}

}  // namespace dunlin
