#include "core/content/pack_front.h"

#include "core/codec/zstd.h"
#include "core/content/pack_format.h"

namespace dunlin {

tl::unexpected<Error> broken_table(std::string rule) {
  return fail(ErrorKind::bad_image, "segment table: " + std::move(rule));
}

namespace {

Result<PackHeader> read_header(const ByteSource& pack) {
  std::array<std::uint8_t, pack_header_size> bytes{};
  const std::uint64_t length = std::min<std::uint64_t>(bytes.size(), pack.size());
  Result<void> read = pack.read(0, ByteSpan(bytes).first(length));
  if (!read) return fail(std::move(read.error()), "reading the pack header");
  return parse_pack_header(ByteView(bytes).first(length));
}

Result<Bytes> read_table(const ByteSource& pack, const PackHeader& header) {
  if (pack.size() < header.table_end()) return broken_table("cut short: the pack ends inside it");
  Bytes compressed(header.table_length);
  Result<void> read = pack.read(pack_header_size, compressed);
  if (!read) return fail(std::move(read.error()), "reading the segment table");
  if (sha256(compressed) != header.table_digest)
    return broken_table("damaged, its SHA-256 does not match the header: fetch the pack again");
  Bytes table(header.table_decoded_length);
  Result<void> decoded = Decompressor().decompress(compressed, {}, table);
  if (!decoded) return fail(std::move(decoded.error()), "segment table");
  return table;
}

// The sections this program knows, by kind.
using Sections = std::array<std::optional<ByteView>, pack_section_count + 1>;

std::optional<ByteView>& section_of(Sections& sections, PackSection kind) {
  return sections[static_cast<std::size_t>(kind)];
}

Result<Sections> split_sections(ByteView table) {
  Sections sections;
  ByteReader reader(table);
  while (!reader.at_end()) {
    const std::uint16_t kind = reader.u16();
    const std::uint16_t flags = reader.u16();
    const ByteView body = reader.bytes(reader.u32());
    if (!reader.ok()) return broken_table("a section is cut short");
    const bool is_known = kind != 0 && kind <= pack_section_count;
    if (!is_known && (flags & pack_section_required) != 0)
      return broken_table("it needs section kind " + std::to_string(kind) +
                          ", which this program does not know: update dunlin first");
    if (!is_known) continue;
    if (sections[kind]) return broken_table("section kind " + std::to_string(kind) + " appears twice");
    sections[kind] = body;
  }
  if (!section_of(sections, PackSection::segments)) return broken_table("it lists no segments");
  return sections;
}

Result<void> check_maps(const PackFront& front) {
  const bool has_map = front.base_map || front.target_map;
  if (has_map && !front.header.is_expanded)
    return broken_table("it holds an expand map, but the header does not say so");
  if (!has_map && front.header.is_expanded)
    return broken_table("the header announces an expand map, but it holds none");
  return {};
}

}  // namespace

Result<PackFront> read_pack_front(const ByteSource& pack) {
  PackFront front;
  Result<PackHeader> header = read_header(pack);
  if (!header) return fail(std::move(header.error()));
  front.header = std::move(*header);
  Result<Bytes> table = read_table(pack, front.header);
  if (!table) return fail(std::move(table.error()));
  front.table = std::move(*table);
  Result<Sections> sections = split_sections(front.table);
  if (!sections) return fail(std::move(sections.error()));
  front.segments = *section_of(*sections, PackSection::segments);
  front.image_index = section_of(*sections, PackSection::image_index);
  front.base_map = section_of(*sections, PackSection::base_map);
  front.target_map = section_of(*sections, PackSection::target_map);
  front.codecs = section_of(*sections, PackSection::codecs);
  Result<void> maps = check_maps(front);
  if (!maps) return fail(std::move(maps.error()));
  return front;
}

}  // namespace dunlin
