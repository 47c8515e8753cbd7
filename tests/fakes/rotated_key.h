#pragma once
#include "core/trust/repository_signer.h"

namespace dunlin {

// A new key instead of all keys of `role`, signed with the keys that the signer has; what is to be written.
inline Result<std::vector<RepositoryOutput>> rotate_key(RepositorySigner& signer, const std::string& role,
                                                        WallTime now) {
  const KeyFile fresh = make_key(role);
  RootEdit edit{role, {fresh}, {}, 1};
  const nlohmann::json& roles = signer.root_body()["roles"];
  if (roles.contains(role)) edit.remove = roles[role]["keyids"].get<std::vector<std::string>>();
  signer.keys().add(fresh);
  Result<SigningRequest> request = signer.change_root(edit, now);
  if (!request) return fail(std::move(request.error()));
  Result<int> added = add_signatures(*request, signer.keys());
  if (!added) return fail(std::move(added.error()));
  return signer.take(*request, now);
}

}  // namespace dunlin
