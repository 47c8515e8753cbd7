#pragma once
#include "core/base/clock.h"
#include "core/base/disk.h"
#include "seeder/seeder_config.h"
#include "seeder/seeder_paths.h"

namespace dunlin {

// Makes a seeder's folder: keys, certificate authority and server certificate for the URL's host, signed
// metadata without releases, database, configuration (written last: a folder without it was not finished).
// usage: the folder holds something already. On failure everything that was made is removed.
// `seal`: the keys are sealed under its passphrases; null: they lie there as they are.
Result<void> init_seeder(const SeederPaths& paths, const SeederConfig& config, Disk& disk, Clock& clock,
                         Passphrases* seal = nullptr);

}  // namespace dunlin
