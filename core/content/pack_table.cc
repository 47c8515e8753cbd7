#include "core/content/pack_table.h"

#include <algorithm>

#include "core/content/map_section.h"
#include "core/content/pack_format.h"
#include "core/content/pack_front.h"
#include "core/content/segment_columns.h"

namespace dunlin {

namespace {

Result<ExpandMap> read_map(const std::optional<ByteView>& section, std::uint64_t packed_size,
                           const char* name) {
  if (!section) return ExpandMap();
  Result<ExpandMap> map = parse_map_section(*section, packed_size);
  if (!map) return broken_table(std::string(name) + ": " + map.error().message);
  return map;
}

Result<std::string> read_codecs(const std::optional<ByteView>& section) {
  if (!section) return std::string();
  const auto is_printable = [](std::uint8_t c) { return c >= ' ' && c <= '~'; };
  if (section->size() > pack_codecs_size_max || !std::ranges::all_of(*section, is_printable))
    return broken_table("the names of its codecs cannot be shown");
  return std::string(as_text(*section));
}

std::uint64_t opened_size(const ExpandMap& map) {
  return map.layers.empty() ? 0 : map.layers.back().plain_size();
}

Result<std::vector<Segment>> read_segments(const PackFront& front, const PackTable& table) {
  const MapOutline outline(table.target_map);
  const bool is_opened = !table.target_map.layers.empty();
  return read_segment_columns(
      front.segments,
      {front.header, outline, is_opened, is_opened ? opened_size(table.target_map) : front.header.target_size,
       front.header.base_size + opened_size(table.base_map)});
}

}  // namespace

std::uint32_t check_of(ByteView bytes) {
  return ByteReader(sha256(bytes).bytes).u32();
}

std::uint64_t expected_base_offset(std::uint64_t base_size, const ExpandMap& base_map,
                                   std::uint64_t plain_offset) {
  return base_map.layers.empty() ? plain_offset : base_size + plain_offset;
}

Result<std::uint64_t> pack_table_end(ByteView start) {
  Result<PackHeader> header = parse_pack_header(start);
  if (!header) return fail(std::move(header.error()));
  return header->table_end();
}

Result<PackTable> parse_pack_table(const ByteSource& pack) {
  Result<PackFront> front = read_pack_front(pack);
  if (!front) return fail(std::move(front.error()));
  const PackHeader& header = front->header;
  PackTable table;
  table.target_id = header.target_id;
  table.target_size = header.target_size;
  table.base_id = header.base_id;
  table.base_size = header.base_size;
  table.frames_offset = header.table_end();

  Result<ExpandMap> base_map = read_map(front->base_map, header.base_size, "base map");
  if (!base_map) return fail(std::move(base_map.error()));
  table.base_map = std::move(*base_map);
  Result<ExpandMap> target_map = read_map(front->target_map, header.target_size, "target map");
  if (!target_map) return fail(std::move(target_map.error()));
  table.target_map = std::move(*target_map);
  Result<std::string> codecs = read_codecs(front->codecs);
  if (!codecs) return fail(std::move(codecs.error()));
  table.codecs = std::move(*codecs);
  Result<std::vector<Segment>> segments = read_segments(*front, table);
  if (!segments) return fail(std::move(segments.error()));
  table.segments = std::move(*segments);
  return table;
}

}  // namespace dunlin
