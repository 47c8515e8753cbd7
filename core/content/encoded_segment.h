#pragma once
#include "core/content/pack_table.h"

namespace dunlin {

struct EncodedSegment {
  Segment segment;  // without offsets and frame fields: the writer sets those
  Bytes frame;
};

// As kept between two runs of the same encoding; parse is total (bad_image).
Bytes to_bytes(const EncodedSegment& encoded);
Result<EncodedSegment> parse_encoded_segment(ByteView bytes);

}  // namespace dunlin
