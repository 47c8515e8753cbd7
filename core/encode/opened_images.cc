#include "core/encode/opened_images.h"

#include "core/content/map_section.h"

namespace dunlin {

namespace {

constexpr std::string_view opened_part = "opened images";

void write_map(ByteWriter& writer, const ExpandMap& map) {
  const Bytes section = map.layers.empty() ? Bytes() : write_map_section(map);
  writer.varint(section.size());
  writer.bytes(section);
}

Result<ExpandMap> read_map(ByteReader& reader, std::uint64_t packed_size) {
  const std::uint64_t length = reader.varint();
  if (!reader.ok() || length > reader.remaining())
    return fail(ErrorKind::bad_image, "a kept map is cut short");
  if (length == 0) return ExpandMap();
  return parse_map_section(reader.bytes(length), packed_size);
}

FindOptions find_options(const EncodeOptions& options, std::uint64_t done, std::uint64_t total) {
  FindOptions find;
  find.threads = options.threads;
  find.cancel = options.cancel;
  find.on_progress = [&options, done, total](std::uint64_t part, std::uint64_t of) {
    const double share = of == 0 ? 0 : static_cast<double>(part) / static_cast<double>(of);
    const auto half = static_cast<std::uint64_t>(share * static_cast<double>(total - done));
    if (options.on_progress) options.on_progress({EncodePhase::opening, std::min(total, done + half), total});
  };
  return find;
}

}  // namespace

Bytes to_bytes(const OpenedImages& opened) {
  ByteWriter writer;
  write_map(writer, opened.base_map);
  write_map(writer, opened.target.map);
  writer.varint(opened.target.copies.size());
  for (const KnownCopy& copy : opened.target.copies) {
    writer.varint(copy.target_plain);
    writer.varint(copy.length);
    writer.varint(copy.base_image);
  }
  return writer.take();
}

Result<OpenedImages> parse_opened_images(ByteView bytes, std::uint64_t target_size, std::uint64_t base_size) {
  ByteReader reader(bytes);
  OpenedImages opened;
  Result<ExpandMap> map = read_map(reader, base_size);
  if (!map) return fail(std::move(map.error()));
  opened.base_map = std::move(*map);
  map = read_map(reader, target_size);
  if (!map) return fail(std::move(map.error()));
  opened.target.map = std::move(*map);
  const std::uint64_t copies = reader.varint();
  for (std::uint64_t i = 0; i < copies && reader.ok(); ++i) {
    KnownCopy copy;
    copy.target_plain = reader.varint();
    copy.length = reader.varint();
    copy.base_image = reader.varint();
    opened.target.copies.push_back(copy);
  }
  if (!reader.ok() || !reader.at_end()) return fail(ErrorKind::bad_image, "a kept map is damaged");
  return opened;
}

Result<OpenedImages> open_images(const ByteSource& target, const ByteSource& base,
                                 const EncodeOptions& options, const WorkShelf* shelf) {
  OpenedImages opened;
  if (!options.expand) return opened;
  const std::optional<Bytes> kept = shelf == nullptr ? std::nullopt : shelf->find(opened_part);
  if (kept) {
    Result<OpenedImages> parsed = parse_opened_images(*kept, target.size(), base.size());
    if (parsed) return parsed;
  }
  const std::uint64_t total = base.size() + target.size();
  Result<ExpandMap> base_map = find_compressed(base, find_options(options, 0, base.size()));
  if (!base_map) return fail(std::move(base_map.error()), "looking into the base image");
  Result<OpenedTarget> changed =
      open_changed(target, base, *base_map, find_options(options, base.size(), total));
  if (!changed) return fail(std::move(changed.error()), "looking into the target image");
  opened.target = std::move(*changed);
  if (!opened.target.map.layers.empty()) opened.base_map = std::move(*base_map);
  if (shelf != nullptr) shelf->keep(opened_part, to_bytes(opened));
  return opened;
}

}  // namespace dunlin
