#pragma once
// The inside of RepositorySigner, shared by repository_signer.cc and repository_load.cc only.
#include "core/trust/repository_signer.h"
#include "core/trust/signed_role.h"
#include "core/trust/tuf_root.h"

namespace dunlin {

struct RepositorySigner::State {
  RoleLifetimes lifetimes;
  std::shared_ptr<KeyRing> ring = std::make_shared<KeyRing>();  // one for all copies of this state
  nlohmann::json root_body;
  std::string root_json;
  nlohmann::json targets_body;  // as published last, plus what was added since; members nobody knows stay
  std::string targets_json;     // as published last
  std::string snapshot_json;
  TrustedVersions versions;
  RoleExpiry expiry{};
  std::map<std::string, TargetFile> targets;
  std::vector<RepositoryOutput> pending;  // written with the next sign_all(), before everything else
  bool root_is_ahead = false;             // of the published timestamp
  std::optional<WallTime> proven;         // the latest time at which something published was signed

  // When what is signed now counts as signed: never before what is published. A machine whose clock was once
  // ahead would otherwise sign files that devices, who remember the later time, take for expired.
  WallTime signing_time(WallTime now) const { return judged_time(now, proven); }
  nlohmann::json role_body(const std::string& type, std::int64_t version, WallTime now,
                           std::chrono::hours lifetime) const;

  // The keys here that speak for `role` in the newest root; usage when they do not reach its threshold.
  Result<std::vector<const KeyFile*>> signers(const std::string& role) const;
  Result<std::string> sign(const nlohmann::json& body, const std::vector<const KeyFile*>& signing);
  // The next version of each, written into `outputs`; raises versions and expiry.
  Result<void> sign_snapshot(WallTime now, std::vector<RepositoryOutput>& outputs);
  Result<void> sign_timestamp(WallTime now, std::vector<RepositoryOutput>& outputs);
  // What take() publishes of a request besides snapshot and timestamp.
  Result<void> take_root(const std::string& json);
  Result<void> take_targets(const std::string& json);
  Result<void> publish(const SigningRequest& request, WallTime now, std::vector<RepositoryOutput>& outputs);
};

nlohmann::json to_target_json(const TargetFile& target);

}  // namespace dunlin
