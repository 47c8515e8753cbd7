#include "tests/applier/firmware_model.h"

#include <sstream>

namespace dunlin {

namespace {

std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> list;
  for (std::string word; stream >> word;) list.push_back(word);
  return list;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(c));
  return text;
}

// False when the power went meanwhile.
bool overwrite(Disk& disk, const std::string& path, ByteView bytes) {
  auto file = disk.open(path, OpenMode::create);
  return file && (*file)->write_at(0, bytes) && (*file)->sync();
}

// What env_load() in U-Boot leaves in memory, and where saveenv goes.
struct UbootMemory {
  BootVariables variables;
  std::uint8_t flags = 0;
  std::string save_to;
};

UbootMemory load_uboot(Disk& disk, const std::string& first, const std::string& second) {
  const auto parse = [&](const std::string& path) -> Result<UbootCopy> {
    Result<Bytes> bytes = read_file(disk, path, 1u << 20);
    if (!bytes) return fail(std::move(bytes.error()));
    return parse_uboot_copy(*bytes);
  };
  const Result<UbootCopy> one = parse(first);
  const Result<UbootCopy> two = parse(second);
  if (!one && !two) return {{}, 0, first};  // the built-in environment
  const bool use_two = !one || (two && newer_uboot_copy(one->flags, two->flags) == 1);
  const UbootCopy& copy = use_two ? *two : *one;
  return {copy.variables, copy.flags, use_two ? first : second};
}

bool save_uboot(Disk& disk, UbootMemory& memory, std::uint32_t size) {
  const auto flags = static_cast<std::uint8_t>(memory.flags + 1);
  Result<Bytes> bytes = serialise_uboot_copy({flags, memory.variables}, size);
  if (!bytes) std::abort();
  return overwrite(disk, memory.save_to, *bytes);
}

}  // namespace

std::string play_uboot(Disk& disk, const std::string& first, const std::string& second, std::uint32_t size) {
  for (int resets = 0; resets < 3; ++resets) {
    UbootMemory memory = load_uboot(disk, first, second);
    auto& env = memory.variables;
    // test -n "${BOOT_ORDER}" || setenv BOOT_ORDER "A B"
    if (env["BOOT_ORDER"].empty()) env["BOOT_ORDER"] = "A B";
    // test -n "${BOOT_x_LEFT}" || setenv BOOT_x_LEFT 3
    for (const char* left : {"BOOT_A_LEFT", "BOOT_B_LEFT"})
      if (env[left].empty()) env[left] = "3";
    for (const std::string& slot : words(env["BOOT_ORDER"])) {
      const std::string left_name = "BOOT_" + slot + "_LEFT";
      const unsigned long left = std::strtoul(env[left_name].c_str(), nullptr, 16);
      if (left == 0) continue;
      std::ostringstream hexadecimal;
      hexadecimal << std::hex << left - 1;  // setexpr
      env[left_name] = hexadecimal.str();
      return save_uboot(disk, memory, size) ? lower(slot) : "";
    }
    env["BOOT_A_LEFT"] = env["BOOT_B_LEFT"] = "3";
    if (!save_uboot(disk, memory, size)) return "";
  }
  return "";
}

std::string play_grub(Disk& disk, const std::string& path) {
  for (int resets = 0; resets < 3; ++resets) {
    std::map<std::string, std::string> env{
        {"ORDER", "A B"}, {"A_OK", "0"}, {"B_OK", "0"}, {"A_TRY", "0"}, {"B_TRY", "0"}};
    Result<Bytes> bytes = read_file(disk, path, 4096);
    Result<GrubBlock> block = bytes ? parse_grub_block(*bytes) : Result<GrubBlock>(fail(bytes.error()));
    if (!block) return "";  // load_env fails: only the defaults above are left, and none of them is good
    for (const auto& [name, value] : block->variables) env[name] = value;
    std::string chosen;
    for (const std::string& slot : words(env["ORDER"])) {
      const bool ok = env[slot + "_OK"] == "1";
      const bool tried = env[slot + "_TRY"] == "1";
      env[slot + "_TRY"] = "1";
      if (!ok || tried) continue;
      chosen = slot;
      break;
    }
    if (chosen.empty())
      for (const char* slot : {"A", "B"})
        if (env[std::string(slot) + "_OK"] == "1") env[std::string(slot) + "_TRY"] = "0";
    // save_env rewrites the values in place, in their order, and adds new ones behind.
    for (const char* name : {"A_TRY", "A_OK", "B_TRY", "B_OK", "ORDER"}) block->set(name, env[name]);
    Result<Bytes> saved = serialise_grub_block(*block, {"ORDER", "A_OK", "A_TRY", "B_OK", "B_TRY"});
    if (!saved) std::abort();
    if (!overwrite(disk, path, *saved)) return "";
    if (!chosen.empty()) return lower(chosen);
  }
  return "";
}

}  // namespace dunlin
