#pragma once
#include "core/content/image_index.h"

namespace dunlin {

// The index of the target image that a full pack carries, so that a device can tell which segments it is able
// to build from chunks it holds. Nothing when the pack has none (delta packs, very large images). Total:
// fails as parse_pack_table does.
Result<std::optional<ImageIndex>> parse_pack_index(const ByteSource& pack);

}  // namespace dunlin
