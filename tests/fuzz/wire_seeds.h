#pragma once
#include "tests/fuzz/seed_folder.h"

namespace dunlin {

// First inputs of the targets that read what comes over a network or a socket. False: they cannot be written.
bool write_wire_seeds(SeedFolder& folder);

}  // namespace dunlin
