#include "applier/boot_config.h"

#include <algorithm>
#include <limits>

namespace dunlin {

namespace {

void read_copies(TomlReader& table, const std::vector<std::string>& environment,
                 const std::vector<std::int64_t>& offsets, UbootSettings& uboot) {
  if (environment.empty() || environment.size() > 2)
    return table.reject("environment",
                        "must name the two copies, or the one of an environment without a second");
  if (!offsets.empty() && offsets.size() != environment.size())
    return table.reject("offsets", "must be one number for each of `environment`");
  for (std::size_t i = 0; i < environment.size(); ++i)
    uboot.copies.push_back({environment[i], offsets.empty() ? 0 : static_cast<std::uint64_t>(offsets[i])});
  if (environment.size() == 1 || environment[0] != environment[1]) return;
  const auto [low, high] = std::minmax(uboot.copies[0].offset, uboot.copies[1].offset);
  if (high - low < uboot.size) table.reject("environment", "has two copies that overlap: set `offsets`");
}

void read_uboot(TomlReader& table, const std::vector<std::string>& environment, BootSettings& boot) {
  std::int64_t size = 0;
  std::vector<std::int64_t> offsets;
  table.require("environment_size", "CONFIG_ENV_SIZE of the boot loader, for example 16384");
  table.integer("environment_size", uboot_environment_size_min, uboot_environment_size_max, size);
  table.integer_list("offsets", 0, std::numeric_limits<std::int64_t>::max(), offsets);
  boot.uboot.size = static_cast<std::uint32_t>(size);
  read_copies(table, environment, offsets, boot.uboot);
}

void read_one_path(TomlReader& table, const std::vector<std::string>& environment, BootSettings& boot) {
  if (environment.size() != 1) return table.reject("environment", "must name one path");
  boot.path = environment[0];
}

void read_places(TomlReader& table, BootSettings& boot) {
  std::vector<std::string> environment;
  table.text_list("environment", environment);
  const bool in_environment = boot.backend == BootBackend::uboot && boot.scheme != BootSchemeName::balena;
  if (in_environment)
    read_uboot(table, environment, boot);
  else
    read_one_path(table, environment, boot);
}

void read_slots_of(std::vector<std::pair<std::string, TomlReader>>& slots, BootSettings& boot) {
  for (std::size_t i = 0; i < slots.size(); ++i) {
    auto& [name, table] = slots[i];
    std::string boot_name = default_boot_name(boot, name, i);
    table.text("boot_name", boot_name);
    for (const BootSlot& other : boot.slots)
      if (other.boot_name == boot_name)
        table.reject("boot_name", "is also that of slot \"" + other.name + "\"");
    boot.slots.push_back({name, boot_name});
  }
}

}  // namespace

BootSettings read_boot_settings(TomlReader& root, std::vector<std::pair<std::string, TomlReader>> slots) {
  TomlReader table = root.table("boot_control");
  BootSettings boot;
  std::size_t backend = 0;
  std::size_t scheme = 0;
  std::int64_t tries = boot.tries;
  table.require("backend", "\"uboot\" or \"grub\"");
  table.choice("backend", {"uboot", "grub"}, backend);
  table.choice("scheme", {"rauc", "mender", "balena", "dunlin", "snapd", "snapd-16"}, scheme);
  table.integer("tries", 1, 9, tries);
  boot.backend = static_cast<BootBackend>(backend);
  boot.scheme = static_cast<BootSchemeName>(scheme);
  boot.tries = static_cast<int>(tries);
  read_places(table, boot);
  read_slots_of(slots, boot);
  const std::string problem = problem_of(boot);
  if (!problem.empty()) table.reject("scheme", "does not fit: " + problem);
  return boot;
}

}  // namespace dunlin
