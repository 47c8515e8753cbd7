#include "applier/device_sight.h"

#include <charconv>
#include <unistd.h>

#include "applier/watchdog.h"
#include "core/base/kernel_file.h"

namespace dunlin {

namespace {

std::string kernel_word(Disk& disk, const std::string& path) {
  const Result<std::string> text = read_kernel_file(disk, path, 256);
  if (!text) return {};
  return text->substr(0, text->find('\n'));
}

WatchdogSight look_at_watchdog(Disk& disk, const std::string& device) {
  WatchdogSight sight{device, false, false, 0};
  if (device.empty()) return sight;
  const Result<FileStatus> status = disk.status(device);
  sight.exists = status && status->kind != FileKind::none;
  const std::string folder = "/sys/class/watchdog/" + watchdog_sysfs_name(device);
  sight.is_running = kernel_word(disk, folder + "/state") == "active";
  const std::string timeout = kernel_word(disk, folder + "/timeout");
  std::from_chars(timeout.data(), timeout.data() + timeout.size(), sight.timeout_s);
  return sight;
}

SelfTestSight look_at_self_tests(Disk& disk, const std::string& directory) {
  SelfTestSight sight{directory, false, {}, {}, {}};
  const Result<std::vector<std::string>> names = disk.list(directory);
  if (!names) return sight;
  sight.exists = true;
  for (const std::string& name : *names) {
    if (name.starts_with('.')) continue;
    const bool runs = ::access((directory + "/" + name).c_str(), X_OK) == 0;
    (runs ? sight.programs : sight.not_executable).push_back(name);
  }
  return sight;
}

// As execvp(3) looks for it.
bool is_program(const std::string& name, const std::string& search_path) {
  if (name.find('/') != std::string::npos) return ::access(name.c_str(), X_OK) == 0;
  for (std::size_t begin = 0; begin <= search_path.size();) {
    const std::size_t end = std::min(search_path.find(':', begin), search_path.size());
    if (::access((search_path.substr(begin, end - begin) + "/" + name).c_str(), X_OK) == 0) return true;
    begin = end + 1;
  }
  return false;
}

bool keeps_panics(Disk& disk) {
  const Result<std::string> mounts = read_kernel_file(disk, "/proc/self/mounts", 64 * 1024);
  return mounts && mounts->find(" pstore ") != std::string::npos;
}

std::optional<DiskSpace> space_of(Disk& disk, const std::string& folder) {
  const Result<DiskSpace> space = disk.space(folder);
  return space ? std::optional(*space) : std::nullopt;
}

}  // namespace

DeviceSight look_at_device(Disk& disk, const ApplierConfig& config, const std::string& search_path) {
  DeviceSight sight;
  sight.command_line_file = config.command_line_file;
  sight.watchdog = look_at_watchdog(disk, config.watchdog);
  sight.watchdog_timeout_s = static_cast<int>(config.self_test.watchdog_timeout.count());
  sight.self_test = look_at_self_tests(disk, config.self_test.directory);
  for (const BuiltInCheck check : config.built_in_checks.checks)
    sight.self_test.built_in.emplace_back(to_string(check));
  sight.keeps_panics = keeps_panics(disk);
  sight.reboot_program = config.reboot_command.front();
  sight.has_reboot_program = is_program(sight.reboot_program, search_path);
  sight.spaces[config.state_dir] = space_of(disk, config.state_dir);
  if (!config.boot_files.files.empty())
    sight.spaces[config.boot_files.directory] = space_of(disk, config.boot_files.directory);
  return sight;
}

}  // namespace dunlin
