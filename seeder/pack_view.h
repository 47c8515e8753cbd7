#pragma once
#include "seeder/pack_summary.h"

namespace dunlin {

inline constexpr std::size_t pack_map_columns = 64;
inline constexpr std::size_t pack_map_rows_max = 16;

// What `pack inspect` prints: identity, a table by kind, a map of the image. At most 80 columns, UTF-8.
std::string to_text(const std::string& name, const PackHeader& header, const PackSummary& summary);
// The same for programs; the map's cells are characters of ".=~1234".
std::string to_json(const PackHeader& header, const PackSummary& summary);

}  // namespace dunlin
