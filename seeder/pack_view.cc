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

std::string identity_lines(const PackReport& report) {
  const PackHeader& header = report.header;
  std::string text = fmt::format("{}: {} pack, {} bytes", report.name, header.base_id ? "delta" : "full",
                                 count_text(header.pack_size));
  if (header.target_size > 0)
    text += fmt::format(", {:.3g} % of the image", 100.0 * static_cast<double>(header.pack_size) /
                                                       static_cast<double>(header.target_size));
  text += fmt::format("\n  image {:>13} bytes  SHA-256\n        {}\n", count_text(header.target_size),
                      header.target_id.hex());
  if (header.base_id)
    text += fmt::format("  base  {:>13} bytes  SHA-256\n        {}\n", count_text(header.base_size),
                        header.base_id->hex());
  if (!report.codecs.empty()) text += fmt::format("  made with {}\n", report.codecs);
  return text + "\n";
}

std::string table_line(std::string_view kind, const std::string& segments, const std::string& image,
                       const std::string& pack) {
  return fmt::format("  {:<22} {:>9} {:>17} {:>15}\n", kind, segments, image, pack);
}

std::string kind_lines(const PackReport& report) {
  const PackHeader& header = report.header;
  const PackSummary& summary = report.summary;
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

std::string opened_lines(const PackSummary& summary) {
  if (summary.opened.empty()) return "";
  std::string text = table_line("opened content", "runs", "packed bytes", "plain bytes");
  for (const OpenedShare& share : summary.opened)
    text += table_line(share.side + ": " + share.packing, count_text(share.runs),
                       count_text(share.packed_bytes), count_text(share.plain_bytes));
  return text + "\n";
}

std::string reuse_lines(const std::optional<ChunkReuse>& reuse) {
  if (!reuse) return "";
  return fmt::format(
      "  A device with that image fetches {} bytes of this pack,\n"
      "  for it has {} of {} bytes of content.\n\n",
      count_text(reuse->fetch_bytes), count_text(reuse->reused_bytes), count_text(reuse->content_bytes));
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

std::string to_text(const PackReport& report) {
  return identity_lines(report) + kind_lines(report) + opened_lines(report.summary) +
         reuse_lines(report.reuse) + map_lines(report.summary);
}

std::string to_json(const PackReport& report) {
  using nlohmann::json;
  const PackHeader& header = report.header;
  const PackSummary& summary = report.summary;
  json kinds = json::array();
  for (const auto& [kind, share] : summary.kinds)
    kinds.push_back({{"kind", kind},
                     {"segments", share.segments},
                     {"image_bytes", share.image_bytes},
                     {"pack_bytes", share.pack_bytes}});
  json opened = json::array();
  for (const OpenedShare& share : summary.opened)
    opened.push_back({{"side", share.side},
                      {"packing", share.packing},
                      {"runs", share.runs},
                      {"packed_bytes", share.packed_bytes},
                      {"plain_bytes", share.plain_bytes}});
  std::string cells;
  for (const MapCell cell : summary.map.cells) cells += look_of(cell).letter;
  json root = {{"image", {{"id", header.target_id.hex()}, {"size", header.target_size}}},
               {"pack_size", header.pack_size},
               {"table_bytes", summary.table_bytes},
               {"frame_bytes", summary.frame_bytes},
               {"kinds", kinds},
               {"opened", opened},
               {"codecs", report.codecs},
               {"map", {{"cell_bytes", summary.map.cell_size}, {"cells", cells}}}};
  root["base"] = header.base_id ? json{{"id", header.base_id->hex()}, {"size", header.base_size}} : json();
  if (report.reuse)
    root["reuse"] = {{"fetch_bytes", report.reuse->fetch_bytes},
                     {"content_bytes", report.reuse->content_bytes},
                     {"reused_bytes", report.reuse->reused_bytes}};
  return root.dump(2) + "\n";
}

}  // namespace dunlin
