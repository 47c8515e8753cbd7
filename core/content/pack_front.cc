#include "core/content/pack_front.h"

#include "core/codec/zstd.h"
#include "core/content/pack_format.h"

namespace dunlin {

namespace {

tl::unexpected<Error> broken(std::string rule) {
  return fail(ErrorKind::bad_image, "segment table: " + std::move(rule));
}

Result<PackHeader> read_header(const ByteSource& pack) {
  std::array<std::uint8_t, pack_header_size> bytes{};
  const std::uint64_t length = std::min<std::uint64_t>(bytes.size(), pack.size());
  Result<void> read = pack.read(0, ByteSpan(bytes).first(length));
  if (!read) return fail(std::move(read.error()), "reading the pack header");
  return parse_pack_header(ByteView(bytes).first(length));
}

Result<Bytes> read_table(const ByteSource& pack, const PackHeader& header) {
  if (pack.size() < header.table_end()) return broken("cut short: the pack ends inside it");
  Bytes compressed(header.table_length);
  Result<void> read = pack.read(pack_header_size, compressed);
  if (!read) return fail(std::move(read.error()), "reading the segment table");
  if (sha256(compressed) != header.table_digest)
    return broken("damaged, its SHA-256 does not match the header: fetch the pack again");
  Bytes table(header.table_decoded_length);
  Result<void> decoded = Decompressor().decompress(compressed, {}, table);
  if (!decoded) return fail(std::move(decoded.error()), "segment table");
  return table;
}

struct Sections {
  std::optional<ByteView> segments;
  std::optional<ByteView> image_index;

  // Where a section of this kind belongs, or null when the kind is not known.
  std::optional<ByteView>* of(std::uint16_t kind) {
    if (kind == static_cast<std::uint16_t>(PackSection::segments)) return &segments;
    if (kind == static_cast<std::uint16_t>(PackSection::image_index)) return &image_index;
    return nullptr;
  }
};

Result<Sections> split_sections(ByteView table) {
  Sections sections;
  ByteReader reader(table);
  while (!reader.at_end()) {
    const std::uint16_t kind = reader.u16();
    const std::uint16_t flags = reader.u16();
    const ByteView body = reader.bytes(reader.u32());
    if (!reader.ok()) return broken("a section is cut short");
    std::optional<ByteView>* place = sections.of(kind);
    if (place == nullptr && (flags & pack_section_required) != 0)
      return broken("it needs section kind " + std::to_string(kind) +
                    ", which this program does not know: update dunlin first");
    if (place == nullptr) continue;
    if (*place) return broken("section kind " + std::to_string(kind) + " appears twice");
    *place = body;
  }
  if (!sections.segments) return broken("it lists no segments");
  return sections;
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
  front.segments = *sections->segments;
  front.image_index = sections->image_index;
  return front;
}

}  // namespace dunlin
