#pragma once
#include "core/trust/repository_signer.h"
#include "seeder/seeder_config.h"
#include "seeder/seeder_paths.h"

namespace dunlin {

// A change of the repository's keys or releases that waits for signatures, DIR/pending/request.json. It is
// written before anything else of a change, also of one that has all its signatures at once: whatever ends
// the program after that, the next command or a running server finishes it. Under the seeder's lock.

// The signer with the seeder's own keys. `passphrases` outlives it.
Result<RepositorySigner> open_signer(const SeederPaths& paths, const SeederConfig& config, Disk& disk,
                                     Passphrases& passphrases);

// None when nothing waits.
Result<std::optional<SigningRequest>> load_pending(const SeederPaths& paths, Disk& disk);
Result<void> save_pending(const SeederPaths& paths, Disk& disk, const SigningRequest& request);
Result<void> discard_pending(const SeederPaths& paths, Disk& disk);

// usage, with what to do, while a change waits.
Result<void> check_nothing_pending(const SeederPaths& paths, Disk& disk);

// Publishes what waits when it is complete; false when nothing waits or signatures are missing.
Result<bool> finish_pending(const SeederPaths& paths, Disk& disk, RepositorySigner& signer, WallTime now);

}  // namespace dunlin
