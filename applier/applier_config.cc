#include "applier/applier_config.h"

#include <algorithm>

#include "applier/boot_config.h"
#include "core/base/toml_reader.h"

namespace dunlin {

namespace {

bool is_slot_name(const std::string& name) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= 16 && std::all_of(name.begin(), name.end(), allowed);
}

// Nodes of MTD and UBI; ubiblock devices cannot be written.
bool is_raw_flash(const std::string& device) {
  const std::string name = device.substr(device.rfind('/') + 1);
  return device.starts_with("/dev/") && (name.starts_with("mtd") || name.starts_with("ubi"));
}

void need_text(TomlReader& reader, std::string_view key, std::string& out, std::string_view why) {
  reader.require(key, why);
  reader.text(key, out);
  if (reader.is_there() && out.empty()) reader.reject(key, "must not be empty");
}

void read_slots(TomlReader& root, ApplierConfig& config) {
  std::vector<std::pair<std::string, TomlReader>> tables;
  for (TomlReader& entry : root.tables("slot")) {
    SlotPlace place;
    need_text(entry, "name", place.name, "the boot loader knows the slot by it, for example \"a\"");
    need_text(entry, "device", place.device, "the block device or file that holds the slot");
    if (!is_slot_name(place.name))
      entry.reject("name", "is \"" + place.name + "\" but must be 1 to 16 lower-case letters and digits");
    if (is_raw_flash(place.device))
      entry.reject("device",
                   "is raw flash, which needs UBI's own tools: only block devices and files can be slots");
    for (const SlotPlace& other : config.slots)
      if (other.name == place.name || other.device == place.device)
        entry.reject("device", "and `name` must differ from those of slot \"" + other.name + "\"");
    config.slots.push_back(place);
    tables.emplace_back(place.name, entry);
  }
  config.boot = read_boot_settings(root, std::move(tables));
  if (config.slots.size() < 2) root.reject("slot", "must be there twice: two [[slot]] tables are needed");
}

void read_boot_files(TomlReader& root, ApplierConfig& config) {
  TomlReader table = root.table("boot_files");
  if (!table.is_there()) return;
  need_text(table, "directory", config.boot_files.directory, "where the boot loader looks for them");
  for (TomlReader& entry : table.tables("files")) {
    BootFile file;
    need_text(entry, "from", file.from, "the file's path in the new root file system");
    need_text(entry, "to", file.to, "the file's name behind \"<slot>-\"");
    if (file.to.find('/') != std::string::npos) entry.reject("to", "must be a name without \"/\"");
    config.boot_files.files.push_back(file);
  }
}

void read_built_in_checks(TomlReader& table, ApplierConfig& config) {
  BuiltInSettings& settings = config.built_in_checks;
  std::vector<std::string> names;
  for (const BuiltInCheck check : settings.checks) names.emplace_back(to_string(check));
  std::int64_t deadline = settings.deadline.count();
  settings.writable_folders = {config.state_dir};
  table.text_list("checks", names);
  table.integer("checks_deadline_s", 1, 3600, deadline);
  table.text_list("writable_folders", settings.writable_folders);
  settings.deadline = std::chrono::seconds(deadline);
  settings.checks.clear();
  for (const std::string& name : names) {
    const std::optional<BuiltInCheck> check = parse_built_in_check(name);
    if (check) settings.checks.insert(*check);
    if (!check)
      table.reject("checks", "has \"" + name + "\", but the checks are: " + names_of_built_in_checks());
  }
}

void read_trial(TomlReader& root, ApplierConfig& config) {
  TomlReader table = root.table("trial");
  config.self_test.directory = "/etc/dunlin/self-test.d";
  std::int64_t deadline = config.self_test.deadline.count();
  std::int64_t timeout = config.self_test.watchdog_timeout.count();
  table.text("self_test_dir", config.self_test.directory);
  table.integer("self_test_deadline_s", 1, 3600, deadline);
  table.text("watchdog", config.watchdog);
  table.integer("watchdog_timeout_s", 1, 3600, timeout);
  read_built_in_checks(table, config);
  config.self_test.record_directory = config.state_dir + "/self-tests";
  config.self_test.deadline = std::chrono::seconds(deadline);
  config.self_test.watchdog_timeout = std::chrono::seconds(timeout);
}

void read_root(TomlReader& root, ApplierConfig& config) {
  root.text("socket", config.socket);
  root.text("socket_group", config.socket_group);
  root.text("state_dir", config.state_dir);
  root.text("root_metadata", config.root_metadata);
  std::int64_t stale_days = 0;
  root.integer("max_staleness_days", 0, 36'500, stale_days);
  config.max_staleness = std::chrono::hours(24 * stale_days);
  need_text(root, "product", config.product, "the product of the releases that fit this device");
  need_text(root, "hardware", config.hardware, "the hardware of this device, as releases name it");
  root.text("command_line_file", config.command_line_file);
  root.text_list("reboot_command", config.reboot_command);
  if (config.reboot_command.empty()) root.reject("reboot_command", "must not be empty");
}

}  // namespace

Result<ApplierConfig> parse_applier_config(std::string_view text, const std::string& file) {
  Result<TomlReader> root = TomlReader::parse(text, file);
  if (!root) return fail(std::move(root.error()));
  ApplierConfig config;
  read_root(*root, config);
  read_slots(*root, config);
  read_boot_files(*root, config);
  read_trial(*root, config);
  Result<void> finished = root->finish();
  if (!finished) return fail(std::move(finished.error()));
  return config;
}

}  // namespace dunlin
