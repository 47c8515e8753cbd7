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
  table.text("fw_env_config", boot.fw_env_config);
  table.boolean("accept_torn_writes", boot.accept_torn_writes);
  table.integer("environment_size", uboot_environment_size_min, uboot_environment_size_max, size);
  table.integer_list("offsets", 0, std::numeric_limits<std::int64_t>::max(), offsets);
  if (!boot.fw_env_config.empty()) {
    if (!environment.empty()) table.reject("environment", "and `fw_env_config` say the same: keep one");
    return;
  }
  table.require("environment_size", "CONFIG_ENV_SIZE of the boot loader, for example 16384");
  boot.uboot.size = static_cast<std::uint32_t>(size);
  read_copies(table, environment, offsets, boot.uboot);
}

void read_one_path(TomlReader& table, const std::vector<std::string>& environment, BootSettings& boot) {
  if (environment.size() != 1) return table.reject("environment", "must name one path");
  boot.path = environment[0];
}

// What `path` is; empty when the backend has its files in `environment`.
std::string path_meaning(BootBackend backend) {
  switch (backend) {
    case BootBackend::uboot:
    case BootBackend::grub:
      return "";
    case BootBackend::gpt:
      return "the disk that holds the slots, \"/dev/mmcblk0\"";
    case BootBackend::android:
      return "the partition \"misc\"";
    case BootBackend::systemd_boot:
      return "the folder of entries, \"/boot/loader/entries\"";
    case BootBackend::tryboot:
      return "\"/boot/firmware/autoboot.txt\"";
    case BootBackend::efi:
      return "\"/sys/firmware/efi/efivars\"";
    case BootBackend::script:
      return "the program that knows the boot loader";
  }
  return "";
}

void read_places(TomlReader& table, BootSettings& boot) {
  const std::string meaning = path_meaning(boot.backend);
  if (!meaning.empty()) {
    table.require("path", meaning);
    table.text("path", boot.path);
    if (boot.backend == BootBackend::tryboot) table.text("reboot_parameter", boot.reboot_parameter);
    return;
  }
  std::vector<std::string> environment;
  table.text_list("environment", environment);
  if (boot.backend == BootBackend::uboot && boot.scheme != BootSchemeName::balena)
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
      if (other.boot_name == boot_name && !boot_name.empty())
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
  table.require("backend", "which boot loader: \"uboot\", \"grub\", ...");
  table.choice("backend", {"uboot", "grub", "gpt", "android", "systemd-boot", "tryboot", "efi", "script"},
               backend);
  table.integer("tries", 1, 9, tries);
  boot.backend = static_cast<BootBackend>(backend);
  if (boot.backend == BootBackend::uboot || boot.backend == BootBackend::grub)
    table.choice("scheme", {"rauc", "mender", "balena", "dunlin", "snapd", "snapd-16"}, scheme);
  boot.scheme = static_cast<BootSchemeName>(scheme);
  boot.tries = static_cast<int>(tries);
  read_places(table, boot);
  read_slots_of(slots, boot);
  const std::string problem = problem_of(boot);
  if (!problem.empty()) table.reject("backend", "does not fit: " + problem);
  return boot;
}

}  // namespace dunlin
