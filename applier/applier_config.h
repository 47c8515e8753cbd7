#pragma once
#include <chrono>

#include "applier/boot/boot_settings.h"
#include "applier/boot_files.h"
#include "applier/self_test.h"
#include "applier/slot.h"

namespace dunlin {

// applier.toml, checked; docs/applier-protocol.md explains every key.
struct ApplierConfig {
  std::string socket = "/run/dunlin/applier.sock";
  std::string socket_group;  // empty: the process's own group
  std::string state_dir = "/var/lib/dunlin-applier";
  std::string root_metadata = "/etc/dunlin/root.json";
  std::chrono::hours max_staleness{0};  // expired timestamps and snapshots count for so long
  std::string product;
  std::string hardware;
  std::string command_line_file = "/proc/cmdline";
  std::vector<std::string> reboot_command = {"systemctl", "reboot"};
  std::vector<SlotPlace> slots;
  BootSettings boot;
  BootFilesSettings boot_files;
  SelfTestSettings self_test;
  BuiltInSettings built_in_checks;
  std::string watchdog;  // device, or empty: none
};

// Total. usage: a missing, unknown or wrong key of `file`, named with its line.
Result<ApplierConfig> parse_applier_config(std::string_view toml, const std::string& file);

}  // namespace dunlin
