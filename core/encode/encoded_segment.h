#pragma once
#include "core/content/pack_table.h"

namespace dunlin {

struct EncodedSegment {
  Segment segment;  // without offsets and frame fields: the writer sets those
  Bytes frame;
};

// Segments that follow one another and are made in one go.
using EncodedRun = std::vector<EncodedSegment>;

// As kept between two runs of the same encoding; parse is total (bad_image).
Bytes to_bytes(const EncodedRun& run);
Result<EncodedRun> parse_encoded_run(ByteView bytes);

}  // namespace dunlin
