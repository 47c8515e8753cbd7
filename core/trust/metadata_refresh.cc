#include "core/trust/metadata_refresh.h"

#include <algorithm>

#include "core/trust/role.h"

namespace dunlin {

namespace {

constexpr int roots_per_cycle_max = 1024;  // Y of 5.3.3

std::string not_there(const std::string& role) {
  return role + ": the repository does not have it";
}

}  // namespace

MetadataRequest MetadataRefresh::request(const std::string& role, const TrustedMetadata::Expected& expected,
                                         std::size_t size_max) const {
  MetadataRequest out{role, std::nullopt, size_max};
  if (metadata_.consistent_snapshot()) out.version = expected.version;
  if (expected.length) out.size_max = std::min<std::uint64_t>(size_max, *expected.length);
  return out;
}

Result<void> MetadataRefresh::pass_over_known() {
  const MetadataBundle files = metadata_.trusted_files();
  if (step_ == Step::snapshot && metadata_.has_named_snapshot()) {
    Result<void> valid = metadata_.update_snapshot(files.snapshot, began_);
    if (!valid) return valid;
    step_ = Step::targets;
  }
  if (step_ == Step::targets && metadata_.has_named_targets()) {
    Result<void> valid = metadata_.update_targets(files.targets, began_);
    if (!valid) return valid;
    step_ = Step::done;
  }
  return {};
}

Result<std::optional<MetadataRequest>> MetadataRefresh::next() {
  Result<void> known = pass_over_known();
  if (!known) return fail(std::move(known.error()));
  switch (step_) {
    case Step::root:
      return MetadataRequest{"root", metadata_.versions().root + 1, root_size_max};
    case Step::timestamp:
      return MetadataRequest{"timestamp", std::nullopt, timestamp_size_max};
    case Step::snapshot:
      return request("snapshot", *metadata_.expected_snapshot(), snapshot_size_max);
    case Step::targets:
      return request("targets", *metadata_.expected_targets(), targets_size_max);
    case Step::done:
      break;
  }
  return std::optional<MetadataRequest>();
}

Result<void> MetadataRefresh::take(std::string_view json) {
  Result<void> taken;
  switch (step_) {
    case Step::root:
      taken = metadata_.update_root(json);
      if (taken && ++roots_taken_ == roots_per_cycle_max) return take_missing();
      return taken;
    case Step::timestamp:
      taken = metadata_.update_timestamp(json, began_);
      if (taken) step_ = Step::snapshot;
      return taken;
    case Step::snapshot:
      taken = metadata_.update_snapshot(json, began_);
      if (taken) step_ = Step::targets;
      return taken;
    case Step::targets:
      taken = metadata_.update_targets(json, began_);
      if (taken) step_ = Step::done;
      return taken;
    case Step::done:
      break;
  }
  return fail(ErrorKind::usage, "nothing more was asked for");
}

Result<void> MetadataRefresh::take_missing() {
  switch (step_) {
    case Step::root: {
      Result<void> valid = metadata_.finish_root(began_);
      if (valid) step_ = Step::timestamp;
      return valid;
    }
    case Step::timestamp:
      return fail(ErrorKind::retry_later, not_there("timestamp"));
    case Step::snapshot:
      return fail(ErrorKind::retry_later, not_there("snapshot"));
    case Step::targets:
      return fail(ErrorKind::retry_later, not_there("targets"));
    case Step::done:
      break;
  }
  return fail(ErrorKind::usage, "nothing more was asked for");
}

}  // namespace dunlin
