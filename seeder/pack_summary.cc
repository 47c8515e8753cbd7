#include "seeder/pack_summary.h"

#include "core/content/pack_format.h"

namespace dunlin {

namespace {

constexpr std::uint64_t cell_size_min = 4096;

// Also of the opened base, where it has no place of its own in the image.
bool is_in_place(const PackTable& table, const Segment& segment) {
  if (segment.encoding != SegmentEncoding::copy) return false;
  const std::uint64_t offset = segment.base_ranges[0].offset;
  return offset == segment.target_offset ||
         offset == expected_base_offset(table.base_size, table.base_map, segment.plain_offset);
}

std::string kind_of(const PackTable& table, const Segment& segment) {
  std::string name(rule_of(segment.encoding).name);
  if (segment.encoding == SegmentEncoding::copy)
    return name + (is_in_place(table, segment) ? " (same place)" : " (moved)");
  if (segment.plain_check != 0) return name + " (opened)";
  if (segment.encoding == SegmentEncoding::plain && !segment.base_ranges.empty())
    return name + " (on a prefix)";
  return name;
}

std::string name_of(const Packing& packing) {
  std::string name(to_string(packing.kind));
  std::size_t used = packing.parameters.size();
  while (used > 0 && packing.parameters[used - 1] == 0) --used;
  for (std::size_t i = 0; i < used; ++i) name += " " + std::to_string(packing.parameters[i]);
  return name;
}

void add_opened(const std::string& side, const ExpandMap& map, std::vector<OpenedShare>& opened) {
  for (const ExpandLayer& layer : map.layers) {
    const std::size_t first = opened.size();
    for (const Packing& packing : layer.packings) opened.push_back({side, name_of(packing)});
    for (const ExpandedRun& run : layer.runs) {
      if (run.is_raw()) continue;
      OpenedShare& share = opened[first + run.packing - 1];
      share.runs += 1;
      share.packed_bytes += run.packed_length;
      share.plain_bytes += run.plain_length;
    }
  }
}

// What the segments that touch one cell bring to it.
struct CellContent {
  std::uint64_t zero = 0, same_place = 0, moved = 0, coded = 0;
  double cost = 0;  // pack bytes

  void add(const Segment& segment, bool in_place, std::uint64_t bytes) {
    if (segment.encoding == SegmentEncoding::zero) {
      zero += bytes;
    } else if (segment.encoding == SegmentEncoding::copy) {
      (in_place ? same_place : moved) += bytes;
    } else {
      coded += bytes;
      cost += static_cast<double>(segment.frame_length) * static_cast<double>(bytes) /
              static_cast<double>(segment.target_length);
    }
  }

  // What was coded shows, however little it is: it is what a reader looks for.
  MapCell look() const {
    if (coded == 0) {
      if (zero >= same_place && zero >= moved) return MapCell::zero;
      return same_place >= moved ? MapCell::same_place : MapCell::moved;
    }
    const double share = cost / static_cast<double>(coded);
    if (share < 0.01) return MapCell::coded_1;
    if (share < 0.10) return MapCell::coded_10;
    return share < 0.50 ? MapCell::coded_50 : MapCell::coded_whole;
  }
};

PackMap map_of(const PackTable& table, std::size_t cells_max) {
  PackMap map;
  const std::uint64_t even = (table.target_size + cells_max - 1) / cells_max;
  map.cell_size = (even + cell_size_min - 1) / cell_size_min * cell_size_min;
  if (map.cell_size == 0) return map;
  std::vector<CellContent> contents((table.target_size + map.cell_size - 1) / map.cell_size);
  for (const Segment& segment : table.segments) {
    const bool in_place = is_in_place(table, segment);
    std::uint64_t at = segment.target_offset;
    const std::uint64_t end = at + segment.target_length;
    while (at < end) {
      const std::uint64_t cell = at / map.cell_size;
      const std::uint64_t next = std::min(end, (cell + 1) * map.cell_size);
      contents[cell].add(segment, in_place, next - at);
      at = next;
    }
  }
  for (const CellContent& content : contents) map.cells.push_back(content.look());
  return map;
}

}  // namespace

PackSummary summarise(const PackHeader& header, const PackTable& table, std::size_t cells_max) {
  PackSummary summary;
  for (const Segment& segment : table.segments) {
    PackShare& share = summary.kinds[kind_of(table, segment)];
    share.segments += 1;
    share.image_bytes += segment.target_length;
    share.pack_bytes += segment.frame_length;
    summary.frame_bytes += segment.frame_length;
  }
  summary.table_bytes = header.table_end();
  add_opened("base", table.base_map, summary.opened);
  add_opened("target", table.target_map, summary.opened);
  summary.map = map_of(table, cells_max);
  return summary;
}

}  // namespace dunlin
