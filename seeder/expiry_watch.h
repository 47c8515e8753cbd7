#pragma once
#include <map>
#include <string>
#include <vector>

#include "core/trust/repository_signer.h"

namespace dunlin {

// A role whose signature ends soon, and what to do about it.
struct ExpiringRole {
  std::string role;
  WallTime expires;
  std::string advice;  // one line for people
};

// Root and targets are signed by people: told when an eighth of their life is left. Snapshot and timestamp
// are renewed by the server when half of the timestamp's is: told when that has not happened and less than a
// third of it is left. In the order in which they end. Pure.
std::vector<ExpiringRole> expiring_roles(const RoleExpiry& expiry, const RoleLifetimes& lifetimes,
                                         WallTime now);

// When something is to be said of the roles that end soon: once for each, and again every day. Not for
// several threads at once.
class ExpiryWatch {
 public:
  // Those to be told of now.
  std::vector<ExpiringRole> look(const std::vector<ExpiringRole>& expiring, WallTime now);

 private:
  std::map<std::string, WallTime> told_;  // by role
};

}  // namespace dunlin
