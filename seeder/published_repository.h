#pragma once
#include "core/base/disk.h"
#include "core/trust/repository_signer.h"
#include "seeder/fleet_store.h"
#include "seeder/seeder_paths.h"

namespace dunlin {

// The manifest of a signed target, read from the repository and compared with the signed digest.
Result<Manifest> read_manifest(Disk& disk, const SeederPaths& paths, const std::string& target_name,
                               const TargetFile& target);

// Enters every signed release that the database does not know (a publish that ended between its last file and
// the database, or a database that was lost).
Result<void> mend_store(Disk& disk, const SeederPaths& paths, const RepositorySigner& signer,
                        FleetStore& store, WallTime now);

// Removes packs and torrents that no release names: what an interrupted publish left. Returns how many.
Result<std::size_t> sweep_orphans(Disk& disk, const SeederPaths& paths, FleetStore& store);

}  // namespace dunlin
