#pragma once
#include <map>

#include "applier/applier_config.h"
#include "applier/boot/boot_control.h"
#include "applier/client/applier_client.h"

namespace dunlin {

struct SlotSight {
  std::string device;
  SlotReport report;
  std::string error;    // why it cannot be looked at
  bool in_use = false;  // mounted, or the same device as another slot; only asked of slots that do not run
  std::string in_use_reason;
};

// What sysfs says of the configured watchdog (Documentation/ABI/testing/sysfs-class-watchdog).
struct WatchdogSight {
  std::string device;  // empty: none is configured
  bool exists = false;
  bool is_running = false;  // somebody pets it already
  int timeout_s = 0;        // of the driver now; 0: not known
};

struct SelfTestSight {
  std::string directory;
  bool exists = false;
  std::vector<std::string> programs;
  std::vector<std::string> not_executable;
  std::vector<std::string> built_in;  // names of the checks that need no program
};

// Everything that examine() judges, as it was at one moment.
struct DeviceSight {
  std::string command_line_file;
  std::optional<std::string> booted;
  std::vector<SlotSight> slots;
  std::string boot_control;
  std::optional<BootFlags> flags;
  std::string flags_error;
  int tries = 0;      // that a trial gets
  int tries_max = 0;  // that the boot loader can count
  std::string install;
  std::optional<TrialReport> trial;
  std::string trust_error;
  WatchdogSight watchdog;
  int watchdog_timeout_s = 0;  // as configured
  SelfTestSight self_test;
  bool keeps_panics = false;
  std::string reboot_program;
  bool has_reboot_program = false;
  std::map<std::string, std::optional<DiskSpace>> spaces;  // by folder: the state's, the boot files'
};

// The parts that need no more than the disk; the applier adds slots, flags, trial and trust.
DeviceSight look_at_device(Disk& disk, const ApplierConfig& config, const std::string& search_path);

}  // namespace dunlin
