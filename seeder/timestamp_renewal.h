#pragma once
#include "core/base/clock.h"
#include "core/base/disk.h"
#include "core/trust/passphrases.h"
#include "seeder/seeder_config.h"
#include "seeder/seeder_paths.h"

namespace dunlin {

// When the timestamp must be renewed: half of its life is always left. The snapshot lives at least as long
// (the configuration demands it) and is renewed with it. Pure.
WallTime renewal_due(const RoleExpiry& expiry, const RoleLifetimes& lifetimes);

// What a look at the repository found, and did.
struct RenewalReport {
  WallTime next;  // when the next renewal is due
  bool renewed = false;
  bool is_change_waiting = false;  // for signatures
  TrustedVersions versions;
  RoleExpiry expiry{};
};

// Renews the timestamp when it is due, and finishes a change of the keys that something interrupted.
// retry_later while a publish runs; device when the disk is full; usage when the keys are not here.
Result<RenewalReport> renew_if_due(const SeederPaths& paths, const SeederConfig& config, Disk& disk,
                                   Clock& clock, Passphrases& passphrases);

}  // namespace dunlin
