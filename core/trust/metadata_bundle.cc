// Whole bundles: what another machine hands over, and what a store gives back after a restart.
#include "core/trust/metadata_state.h"

namespace dunlin {

namespace {

// The version a root file claims; nothing is verified yet.
Result<std::int64_t> claimed_version(std::string_view json) {
  Result<SignedFile> file = parse_signed_file(json, root_size_max);
  if (!file) return fail(std::move(file.error()), "root");
  Result<RootRole> root = parse_root(*file);
  if (!root) return fail(std::move(root.error()), "root");
  return root->header.version;
}

Result<void> follow_roots(TrustedMetadata& metadata, const std::vector<std::string>& roots) {
  for (const std::string& json : roots) {
    Result<std::int64_t> version = claimed_version(json);
    if (!version) return fail(std::move(version.error()));
    if (*version <= metadata.versions().root) continue;
    Result<void> updated = metadata.update_root(json);
    if (!updated) return updated;
  }
  return {};
}

template <class Role>
void take_back(std::optional<Trusted<Role>>& place, Result<Trusted<Role>> opened,
               std::vector<std::string>& left_out) {
  if (opened)
    place = std::move(*opened);
  else
    left_out.push_back(opened.error().message);
}

}  // namespace

Result<void> TrustedMetadata::update(const MetadataBundle& bundle, TrustTime now) {
  TrustedMetadata next = *this;
  Result<void> roots = follow_roots(next, bundle.roots);
  if (!roots) return roots;
  Result<void> timestamp = next.update_timestamp(bundle.timestamp, now);
  if (!timestamp) return timestamp;
  Result<void> snapshot = next.update_snapshot(bundle.snapshot, now);
  if (!snapshot) return snapshot;
  Result<void> targets = next.update_targets(bundle.targets, now);
  if (!targets) return targets;
  *this = std::move(next);
  return {};
}

std::vector<std::string> TrustedMetadata::restore(const MetadataBundle& stored) {
  std::vector<std::string> left_out;
  Result<void> roots = follow_roots(*this, stored.roots);
  if (!roots) left_out.push_back(roots.error().message);
  auto state = std::make_shared<State>(*state_);
  if (!stored.timestamp.empty())
    take_back(state->timestamp, state->open_timestamp(stored.timestamp), left_out);
  if (!stored.snapshot.empty()) take_back(state->snapshot, state->open_snapshot(stored.snapshot), left_out);
  std::optional<Trusted<TargetsRole>> targets;
  if (!stored.targets.empty()) take_back(targets, state->open_targets(stored.targets), left_out);
  if (targets) state->keep(std::move(*targets));
  state_ = std::move(state);
  return left_out;
}

}  // namespace dunlin
