#include "applier/applier_program.h"

#include <charconv>
#include <csignal>
#include <cstdio>
#include <sys/signalfd.h>

#include "applier/applier_service.h"
#include "applier/partition_name.h"
#include "core/base/kernel_file.h"
#include "core/base/log.h"
#include "core/base/service_notify.h"

namespace dunlin {

namespace {

constexpr const char* usage_text =
    "usage: dunlin-applier --config FILE                          serve\n"
    "       dunlin-applier --config FILE --check-config           say what is wrong, change nothing\n"
    "       dunlin-applier --config FILE --record SLOT VERSION IMAGE_SIZE\n"
    "                                                             note what a factory wrote into a slot\n"
    "       dunlin-applier --version\n";

struct Command {
  std::string config_path;
  bool check_only = false;
  std::vector<std::string> record;  // slot, version, size
};

std::optional<Command> parse_command(const std::vector<std::string>& arguments) {
  Command command;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word == "--config" && i + 1 < arguments.size()) {
      command.config_path = arguments[++i];
    } else if (word == "--check-config") {
      command.check_only = true;
    } else if (word == "--record" && i + 3 < arguments.size()) {
      command.record.assign(arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                            arguments.begin() + static_cast<std::ptrdiff_t>(i) + 4);
      i += 3;
    } else {
      return std::nullopt;
    }
  }
  if (command.config_path.empty()) return std::nullopt;
  return command;
}

int refuse(const std::string& message) {
  std::fprintf(stderr, "dunlin-applier: %s\n", message.c_str());
  return 2;
}

std::unique_ptr<Watchdog> make_watchdog(Disk& disk, const ApplierConfig& config) {
  if (config.watchdog.empty()) return std::make_unique<NoWatchdog>();
  return std::make_unique<DeviceWatchdog>(disk, config.watchdog);
}

// A partition that is not there keeps its configured name, and Slots::check() complains of it.
void find_partitions(Disk& disk, std::vector<SlotPlace>& slots) {
  for (SlotPlace& slot : slots) {
    Result<std::string> device = find_partition(disk, slot.device);
    if (device) slot.device = std::move(*device);
    if (!device) log_error("a slot has no device", {{"slot", slot.name}, {"error", device.error()}});
  }
}

// SIGTERM and SIGINT become readable; children start with an empty mask (ProcessRunner).
Descriptor stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  return Descriptor(::signalfd(-1, &signals, SFD_CLOEXEC));
}

int serve(const ApplierConfig& config, Applier& applier, Disk& disk, const Clock& clock) {
  const Descriptor stop = stop_signals();
  const std::size_t slash = config.socket.rfind('/');
  Result<void> folder = slash == 0 || slash == std::string::npos
                            ? Result<void>()
                            : disk.create_directories(config.socket.substr(0, slash));
  if (!folder) return refuse(folder.error().message);
  Result<PeerRights> rights = peer_rights(config.socket_group);
  if (!rights) return refuse(rights.error().message);
  Result<Descriptor> listener = listen_unix(config.socket, 0660, config.socket_group);
  if (!listener) return refuse(listener.error().message);
  const std::string problem = applier.problem();
  if (!problem.empty()) log_error("installs are refused", {{"reason", problem}});
  ApplierService service(applier, std::move(*listener), clock, *rights);
  notify_service_manager("READY=1");
  log_info("dunlin-applier serves", {{"socket", config.socket}});
  service.run(stop.number());
  notify_service_manager("STOPPING=1");
  return 0;
}

int record(Applier& applier, const std::vector<std::string>& words) {
  std::uint64_t size = 0;
  const auto [end, code] = std::from_chars(words[2].data(), words[2].data() + words[2].size(), size);
  if (code != std::errc() || end != words[2].data() + words[2].size() || size == 0)
    return refuse("--record: \"" + words[2] + "\" is not a size in bytes");
  Result<Digest> digest = applier.record_slot(words[0], words[1], size);
  if (!digest) return refuse("--record: " + digest.error().message);
  std::printf("%s\n", digest->hex().c_str());
  return 0;
}

}  // namespace

int run_applier_program(const std::vector<std::string>& arguments) {
  if (arguments.size() == 1 && arguments[0] == "--version") {
    std::puts("dunlin-applier 0.1.0");
    return 0;
  }
  const std::optional<Command> command = parse_command(arguments);
  if (!command) {
    std::fputs(usage_text, stderr);
    return 2;
  }
  PosixDisk disk;
  Result<std::string> text = read_text(disk, command->config_path, 1u << 20);
  if (!text) return refuse(text.error().message);
  Result<ApplierConfig> config = parse_applier_config(*text, command->config_path);
  if (!config) return refuse(config.error().message);

  find_partitions(disk, config->slots);
  Result<std::string> command_line = read_kernel_file(disk, config->command_line_file, 64 * 1024);
  if (!command_line) return refuse("command_line_file: " + command_line.error().message);
  const Slots slots(disk, config->slots, parse_booted_slot(*command_line, config->slots));
  Result<void> made = command->check_only ? Result<void>() : disk.create_directories(config->state_dir);
  if (!made) return refuse(made.error().message);
  Result<StateFile> state = StateFile::open(disk, config->state_dir + "/state.json");
  if (!state) return refuse(state.error().message);

  SystemClock clock;
  PosixProcessRunner runner;
  Result<BootSettings> boot_settings = complete(disk, config->boot);
  if (!boot_settings) return refuse(boot_settings.error().message);
  const std::unique_ptr<BootControl> boot = make_boot_control(disk, runner, *boot_settings);
  const std::unique_ptr<Watchdog> watchdog = make_watchdog(disk, *config);
  SystemMounter mounter(disk, runner, config->state_dir + "/new-root");
  Applier applier(*config, {disk, clock, runner, *boot, *watchdog, mounter}, *state, slots);
  if (!command->record.empty()) return record(applier, command->record);
  if (!command->check_only) {
    Result<void> clean = mounter.unmount_stale();
    if (!clean) log_warning("an old mount is in the way", {{"error", clean.error()}});
    return serve(*config, applier, disk, clock);
  }
  const std::string problem = applier.problem();
  return problem.empty() ? 0 : refuse(problem);
}

}  // namespace dunlin
