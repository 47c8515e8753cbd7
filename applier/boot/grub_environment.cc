#include "applier/boot/grub_environment.h"

#include <algorithm>
#include <optional>

namespace dunlin {

namespace {

constexpr std::string_view signature = "# GRUB Environment Block\n";

// One line up to its unescaped end, with the escapes undone. nullopt: the block ends inside the line.
std::optional<std::string> take_line(std::string_view& rest) {
  std::string line;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] == '\n') {
      rest.remove_prefix(i + 1);
      return line;
    }
    if (rest[i] == '\\' && ++i == rest.size()) break;
    line += rest[i];
  }
  return std::nullopt;
}

std::string escaped(std::string_view value) {
  std::string text;
  for (char c : value) {
    if (c == '\\' || c == '\n') text += '\\';
    text += c;
  }
  return text;
}

bool holds_name(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Result<void> add_variable(GrubBlock& block, std::string_view& rest) {
  const std::optional<std::string> line = take_line(rest);
  if (!line) return fail(ErrorKind::device, "the last line has no end");
  const std::size_t equals = line->find('=');
  if (equals == 0 || equals == std::string::npos)
    return fail(ErrorKind::device, "a line is not of the form name=value");
  // GRUB escapes values only: such a name could not be written back.
  if (line->substr(0, equals).find_first_of("\\\n#") != std::string::npos)
    return fail(ErrorKind::device, "a variable has \"\\\", \"#\" or a line end in its name");
  block.set(line->substr(0, equals), line->substr(equals + 1));
  return {};
}

}  // namespace

const std::string* GrubBlock::find(std::string_view name) const {
  for (const auto& [known, value] : variables)
    if (known == name) return &value;
  return nullptr;
}

void GrubBlock::set(const std::string& name, const std::string& value) {
  for (auto& [known, present] : variables) {
    if (known != name) continue;
    present = value;
    return;
  }
  variables.emplace_back(name, value);
}

Result<GrubBlock> parse_grub_block(ByteView bytes) {
  if (bytes.size() != grub_environment_size)
    return fail(ErrorKind::device,
                "a GRUB environment block has 1024 bytes, this has " + std::to_string(bytes.size()));
  std::string_view rest = as_text(bytes);
  if (!rest.starts_with(signature))
    return fail(ErrorKind::device, "it does not begin with \"# GRUB Environment Block\"");
  rest.remove_prefix(signature.size());
  GrubBlock block;
  while (!rest.empty()) {
    if (rest.front() != '#') {
      Result<void> added = add_variable(block, rest);
      if (!added) return fail(std::move(added.error()));
      continue;
    }
    // The filler at the end is a comment without an end.
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) break;
    block.comments.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  return block;
}

Result<Bytes> serialise_grub_block(const GrubBlock& block, const std::vector<std::string>& first) {
  std::string text(signature);
  const auto add = [&](const std::string& name, const std::string& value) {
    text += name + "=" + escaped(value) + "\n";
  };
  for (const std::string& name : first)
    if (const std::string* value = block.find(name)) add(name, *value);
  if (text.size() > grub_sector_size)
    return fail(ErrorKind::device, "the slot variables do not fit into the first 512 bytes of the block");
  for (const std::string& comment : block.comments) text += comment + "\n";
  for (const auto& [name, value] : block.variables)
    if (!holds_name(first, name)) add(name, value);
  if (text.size() > grub_environment_size)
    return fail(ErrorKind::device, "the variables need " + std::to_string(text.size()) +
                                       " bytes, the GRUB environment block has 1024");
  text.resize(grub_environment_size, '#');
  return to_bytes(text);
}

}  // namespace dunlin
