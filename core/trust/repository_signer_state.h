#pragma once
// The inside of RepositorySigner, shared by repository_signer.cc and repository_load.cc only.
#include "core/trust/repository_signer.h"
#include "core/trust/signed_role.h"
#include "core/trust/tuf_root.h"

namespace dunlin {

struct RepositorySigner::State {
  RoleLifetimes lifetimes;
  std::vector<SigningKey> keys;
  nlohmann::json root_body;
  std::string root_json;
  nlohmann::json targets_body;  // as published last, plus what was added since; members nobody knows stay
  std::string targets_json;     // as published last
  std::string snapshot_json;
  TrustedVersions versions;
  RoleExpiry expiry{};
  std::map<std::string, TargetFile> targets;
  std::vector<RepositoryOutput> pending;  // written with the next sign_all(), before everything else

  // The keys held here that speak for `role` in the newest root; usage when they do not reach its threshold.
  Result<std::vector<const SigningKey*>> signers(const std::string& role) const;
  // The next version of each; raises versions and expiry.
  RepositoryOutput sign_snapshot(WallTime now, const std::vector<const SigningKey*>& signing);
  RepositoryOutput sign_timestamp(WallTime now, const std::vector<const SigningKey*>& signing);
};

nlohmann::json to_target_json(const TargetFile& target);

}  // namespace dunlin
