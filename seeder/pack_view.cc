#include "seeder/pack_view.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "seeder/size_text.h"

namespace dunlin {

namespace {

struct CellLook {
  const char* drawn;
  char letter;
};

CellLook look_of(MapCell cell) {
  switch (cell) {
    case MapCell::zero:
      return {".", '.'};
    case MapCell::same_place:
      return {"=", '='};
    case MapCell::moved:
      return {"~", '~'};
    case MapCell::coded_1:
      return {"░", '1'};
    case MapCell::coded_10:
      return {"▒", '2'};
    case MapCell::coded_50:
      return {"▓", '3'};
    case MapCell::coded_whole:
      return {"█", '4'};
  }
  return {"?", '?'};
}

std::string identity_lines(const std::string& name, const PackHeader& header) {
  std::string text = fmt::format("{}: {} pack, {} bytes", name, header.base_id ? "delta" : "full",
                                 count_text(header.pack_size));
  if (header.target_size > 0)
    text += fmt::format(", {:.3g} % of the image", 100.0 * static_cast<double>(header.pack_size) /
                                                       static_cast<double>(header.target_size));
  text += fmt::format("\n  image {:>13} bytes  SHA-256\n        {}\n", count_text(header.target_size),
                      header.target_id.hex());
  if (header.base_id)
    text += fmt::format("  base  {:>13} bytes  SHA-256\n        {}\n", count_text(header.base_size),
                        header.base_id->hex());
  return text + "\n";
}

std::string table_line(std::string_view kind, const std::string& segments, const std::string& image,
                       const std::string& pack) {
  return fmt::format("  {:<22} {:>9} {:>17} {:>15}\n", kind, segments, image, pack);
}

std::string kind_lines(const PackHeader& header, const PackSummary& summary) {
  std::string text = table_line("where the bytes are", "segments", "image bytes", "pack bytes");
  std::uint64_t segments = 0;
  for (const auto& [kind, share] : summary.kinds) {
    text += table_line(kind, count_text(share.segments), count_text(share.image_bytes),
                       count_text(share.pack_bytes));
    segments += share.segments;
  }
  text += table_line("header and table", "", "", count_text(summary.table_bytes));
  text += table_line("together", count_text(segments), count_text(header.target_size),
                     count_text(header.pack_size));
  return text + "\n";
}

std::string map_lines(const PackSummary& summary) {
  const PackMap& map = summary.map;
  if (map.cells.empty()) return "";
  std::string text = fmt::format("  the image, {} a character\n", size_text(map.cell_size));
  for (std::size_t at = 0; at < map.cells.size(); at += pack_map_columns) {
    text += fmt::format("  {:>9} |", size_text(at * map.cell_size));
    for (std::size_t i = at; i < std::min(at + pack_map_columns, map.cells.size()); ++i)
      text += look_of(map.cells[i]).drawn;
    text += "|\n";
  }
  return text +
         "  . zeros  = copied from its place  ~ copied from elsewhere\n"
         "  coded in ░ < 1 %  ▒ < 10 %  ▓ < 50 %  █ more of its size\n";
}

}  // namespace

std::string to_text(const std::string& name, const PackHeader& header, const PackSummary& summary) {
  return identity_lines(name, header) + kind_lines(header, summary) + map_lines(summary);
}

std::string to_json(const PackHeader& header, const PackSummary& summary) {
  using nlohmann::json;
  json kinds = json::array();
  for (const auto& [kind, share] : summary.kinds)
    kinds.push_back({{"kind", kind},
                     {"segments", share.segments},
                     {"image_bytes", share.image_bytes},
                     {"pack_bytes", share.pack_bytes}});
  std::string cells;
  for (const MapCell cell : summary.map.cells) cells += look_of(cell).letter;
  json root = {{"image", {{"id", header.target_id.hex()}, {"size", header.target_size}}},
               {"pack_size", header.pack_size},
               {"table_bytes", summary.table_bytes},
               {"frame_bytes", summary.frame_bytes},
               {"kinds", kinds},
               {"map", {{"cell_bytes", summary.map.cell_size}, {"cells", cells}}}};
  root["base"] = header.base_id ? json{{"id", header.base_id->hex()}, {"size", header.base_size}} : json();
  return root.dump(2) + "\n";
}

}  // namespace dunlin
