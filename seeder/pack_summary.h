#pragma once
#include <map>

#include "core/content/pack_header.h"

namespace dunlin {

// Segments that come about in the same way.
struct PackShare {
  std::uint64_t segments = 0;
  std::uint64_t image_bytes = 0;
  std::uint64_t pack_bytes = 0;  // their frames
  bool operator==(const PackShare&) const = default;
};

// One cell of the map of an image: where most of its bytes come from, and what they cost.
enum class MapCell {
  zero,
  same_place,   // copied from where they are in the base
  moved,        // copied from elsewhere in the base
  coded_1,      // coded in less than 1 % of their size
  coded_10,     // in less than 10 %
  coded_50,     // in less than 50 %
  coded_whole,  // in more: as good as new
};

struct PackMap {
  std::uint64_t cell_size = 0;  // image bytes per cell; the last cell may stand for fewer
  std::vector<MapCell> cells;
};

// Compressed content of one kind that a pack opens, in its base or in its target.
struct OpenedShare {
  std::string side;     // "base" or "target"
  std::string packing;  // "zstd_block 15", with its parameters
  std::uint64_t runs = 0;
  std::uint64_t packed_bytes = 0;
  std::uint64_t plain_bytes = 0;
  bool operator==(const OpenedShare&) const = default;
};

// Where the bytes of a pack's image come from. All figures are bytes a device must have or fetch.
struct PackSummary {
  std::map<std::string, PackShare> kinds;  // by "copy (same place)", "zero", "difference", ...
  std::uint64_t frame_bytes = 0;
  std::uint64_t table_bytes = 0;  // header and table as they lie in the pack
  std::vector<OpenedShare> opened;
  PackMap map;
};

// Pure. The map has at most `cells_max` cells of at least 4 KiB.
PackSummary summarise(const PackHeader& header, const PackTable& table, std::size_t cells_max);

}  // namespace dunlin
