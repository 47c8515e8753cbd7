#pragma once
#include "node/image_shelf.h"
#include "node/update_plan.h"

namespace dunlin {

// Has the applier begin the planned install, with the signed files this node trusts, the release's manifest,
// and whether a person asked for it. The spare slot (as live.applier names it) is not served from then on.
// Fails when a file cannot be read, or as the applier does. `context`, `images` and `plan` outlive the call.
Task<Result<SpareSlot>> begin_install(NodeContext& context, ImageShelf& images, const UpdatePlan& plan);

}  // namespace dunlin
