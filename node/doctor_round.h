#pragma once
#include "node/cli_client.h"
#include "node/cli_options.h"
#include "node/doctor.h"

namespace dunlin {

// Looks at everything and asks node and applier; whoever is silent is part of what it sees. Changes nothing.
// Blocks for at most a minute for each of the two.
NodeSight look_at_node(Disk& disk, const Clock& clock, const CliOptions& options);

}  // namespace dunlin
