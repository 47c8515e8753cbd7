#pragma once
#include "core/content/pack_header.h"

namespace dunlin {

// Header and decoded table of a pack, split into sections that point into `table`. Movable: a vector's bytes
// stay where they are.
struct PackFront {
  PackHeader header;
  Bytes table;
  ByteView segments;
  std::optional<ByteView> image_index;
  std::optional<ByteView> base_map;
  std::optional<ByteView> target_map;
  std::optional<ByteView> codecs;
};

// Reads and checks everything before the frames, except what is inside the sections. bad_image: which part is
// cut short, damaged or unknown; device: a read failed.
Result<PackFront> read_pack_front(const ByteSource& pack);

// How every reader of the table refuses it: bad_image, "segment table: <rule>".
tl::unexpected<Error> broken_table(std::string rule);

}  // namespace dunlin
