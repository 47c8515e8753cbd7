#include "applier/boot/uboot_environment.h"

namespace dunlin {

namespace {

std::size_t uboot_header_size(UbootLayout layout) {
  return layout == UbootLayout::redundant ? 5 : 4;
}

// Splits name=value\0name=value\0\0; what follows the empty string is padding.
Result<BootVariables> parse_variables(std::string_view data) {
  BootVariables variables;
  while (!data.empty() && data.front() != '\0') {
    const std::size_t end = data.find('\0');
    if (end == std::string_view::npos) return fail(ErrorKind::device, "the last variable has no end");
    const std::string_view entry = data.substr(0, end);
    const std::size_t equals = entry.find('=');
    if (equals == 0 || equals == std::string_view::npos)
      return fail(ErrorKind::device, "an entry is not of the form name=value");
    variables[std::string(entry.substr(0, equals))] = entry.substr(equals + 1);
    data.remove_prefix(end + 1);
  }
  return variables;
}

}  // namespace

Result<UbootCopy> parse_uboot_copy(ByteView bytes, UbootLayout layout) {
  ByteReader reader(bytes);
  const std::uint32_t expected = reader.u32();
  UbootCopy copy;
  if (layout == UbootLayout::redundant) copy.flags = reader.u8();
  if (!reader.ok() || bytes.size() < uboot_environment_size_min)
    return fail(ErrorKind::device, "too short for a U-Boot environment");
  const ByteView data = bytes.subspan(uboot_header_size(layout));
  if (crc32(data) != expected) return fail(ErrorKind::device, "checksum does not fit");
  Result<BootVariables> variables = parse_variables(as_text(data));
  if (!variables) return fail(std::move(variables.error()));
  copy.variables = std::move(*variables);
  return copy;
}

Result<Bytes> serialise_uboot_copy(const UbootCopy& copy, std::uint32_t size, UbootLayout layout) {
  std::string data;
  for (const auto& [name, value] : copy.variables) {
    // An empty value means "not set" to U-Boot's tools.
    if (value.empty()) continue;
    data.append(name).append("=").append(value).push_back('\0');
  }
  data.push_back('\0');
  if (data.size() + uboot_header_size(layout) > size)
    return fail(ErrorKind::device, "the variables need " +
                                       std::to_string(data.size() + uboot_header_size(layout)) +
                                       " bytes, the U-Boot environment has " + std::to_string(size));
  data.resize(size - uboot_header_size(layout), '\0');
  ByteWriter writer;
  writer.u32(crc32(as_bytes(data)));
  if (layout == UbootLayout::redundant) writer.u8(copy.flags);
  writer.bytes(as_bytes(data));
  return writer.take();
}

int newer_uboot_copy(std::uint8_t first_flags, std::uint8_t second_flags) {
  if (first_flags == 255 && second_flags == 0) return 1;
  if (first_flags == 0 && second_flags == 255) return 0;
  return second_flags > first_flags ? 1 : 0;
}

}  // namespace dunlin
