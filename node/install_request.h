#pragma once
#include "node/node_context.h"

namespace dunlin {

// What the applier is given to begin the planned install: the signed files this node trusts, the release's
// manifest, and whether a person asked for it. Fails when a file of it cannot be read.
Result<InstallRequest> make_install_request(NodeContext& context, const UpdatePlan& plan);

}  // namespace dunlin
