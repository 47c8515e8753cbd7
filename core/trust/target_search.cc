#include "core/trust/target_search.h"

#include <algorithm>

namespace dunlin {

TargetSearch::TargetSearch(const TrustedMetadata& metadata, std::string target, TrustTime began)
    : metadata_(metadata), target_(std::move(target)), began_(began) {
  if (const TargetsRole* role = metadata_.targets_role()) look_into(*role);
}

void TargetSearch::look_into(const TargetsRole& role) {
  const auto listed = role.targets.find(target_);
  if (listed != role.targets.end()) {
    found_ = listed->second;
    open_.clear();
    return;
  }
  std::vector<DelegatedRole> matching;
  for (const DelegatedRole& delegation : role.delegations) {
    if (!delegation.covers(target_)) continue;
    matching.push_back(delegation);
    if (!delegation.terminating) continue;
    open_.clear();
    break;
  }
  std::move(matching.rbegin(), matching.rend(), std::back_inserter(open_));
}

Result<std::optional<MetadataRequest>> TargetSearch::next() {
  while (!open_.empty() && visited_.contains(open_.back().name)) open_.pop_back();
  if (open_.empty()) return std::optional<MetadataRequest>();
  const std::string& role = open_.back().name;
  if (visited_.size() >= delegated_roles_max)
    return fail(ErrorKind::bad_image, "looked for " + target_ + " in " + std::to_string(delegated_roles_max) +
                                          " delegated roles, which is the most this program tries");
  const auto expected = metadata_.expected_targets(role);
  if (!expected) return fail(ErrorKind::bad_image, role + ": is delegated to, but snapshot does not list it");
  MetadataRequest request{role, std::nullopt, targets_size_max};
  if (metadata_.consistent_snapshot()) request.version = expected->version;
  if (expected->length) request.size_max = std::min<std::uint64_t>(targets_size_max, *expected->length);
  return request;
}

Result<void> TargetSearch::take(std::string_view json) {
  if (open_.empty()) return fail(ErrorKind::usage, "nothing more was asked for");
  Result<TargetsRole> role = metadata_.open_delegated(open_.back(), json, began_);
  if (!role) return fail(std::move(role.error()));
  visited_.insert(open_.back().name);
  open_.pop_back();
  look_into(*role);
  return {};
}

}  // namespace dunlin
