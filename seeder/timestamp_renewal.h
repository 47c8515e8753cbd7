#pragma once
#include "core/base/clock.h"
#include "core/base/disk.h"
#include "seeder/seeder_config.h"
#include "seeder/seeder_paths.h"

namespace dunlin {

// When the timestamp must be renewed: half of its life is always left. The snapshot lives at least as long
// (the configuration demands it) and is renewed with it. Pure.
WallTime renewal_due(const RoleExpiry& expiry, const RoleLifetimes& lifetimes);

// Renews the timestamp when it is due. Returns when to look again. retry_later while a publish runs; device
// when the disk is full; usage when the keys are not here.
Result<WallTime> renew_if_due(const SeederPaths& paths, const SeederConfig& config, Disk& disk, Clock& clock);

}  // namespace dunlin
