#pragma once
#include "core/encode/encode_options.h"
#include "core/encode/work_shelf.h"
#include "core/expand/finder.h"

namespace dunlin {

// What is opened of a delta's two images.
struct OpenedImages {
  ExpandMap base_map;   // all that can be opened
  OpenedTarget target;  // what changed
};

// Looks for compressed content, or takes from the shelf (may be null) what an interrupted encoding found.
// Nothing is opened when options.expand is off, and nothing of the base when nothing of the target is. Fails
// as the finders do.
Result<OpenedImages> open_images(const ByteSource& target, const ByteSource& base,
                                 const EncodeOptions& options, const WorkShelf* shelf);

// As kept on the shelf; parse is total (bad_image).
Bytes to_bytes(const OpenedImages& opened);
Result<OpenedImages> parse_opened_images(ByteView bytes, std::uint64_t target_size, std::uint64_t base_size);

}  // namespace dunlin
