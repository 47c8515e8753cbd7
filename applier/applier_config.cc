#include "applier/applier_config.h"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace dunlin {

namespace {

// Reads checked keys of one table; keeps the first problem, and knows which keys were asked for.
class Table {
 public:
  Table(const toml::table* table, std::string name, std::string& problem)
      : table_(table), name_(std::move(name)), problem_(problem) {}

  // After the last key was asked for.
  void refuse_unknown() {
    if (table_ == nullptr) return;
    for (const auto& [key, value] : *table_) {
      const std::string text(key.str());
      if (std::find(known_.begin(), known_.end(), text) != known_.end()) continue;
      std::string known;
      for (const std::string& entry : known_) known += (known.empty() ? "" : ", ") + entry;
      note("unknown key \"" + path(text) + "\"; known here: " + known);
    }
  }

  void text(const std::string& key, std::string& out) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const std::optional<std::string> value = node->value_exact<std::string>();
    if (value) out = *value;
    if (!value) note("\"" + path(key) + "\" must be text");
  }
  void required_text(const std::string& key, std::string& out) {
    text(key, out);
    if (out.empty()) note("\"" + path(key) + "\" is missing");
  }
  void number(const std::string& key, std::int64_t least, std::int64_t most, std::int64_t& out) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const std::optional<std::int64_t> value = node->value_exact<std::int64_t>();
    if (value && *value >= least && *value <= most) {
      out = *value;
      return;
    }
    note("\"" + path(key) + "\" must be a number from " + std::to_string(least) + " to " +
         std::to_string(most));
  }
  std::vector<std::string> texts(const std::string& key) {
    std::vector<std::string> list;
    for (const toml::node* entry : entries(key)) {
      const std::optional<std::string> value = entry->value_exact<std::string>();
      if (value) list.push_back(*value);
      if (!value) note("\"" + path(key) + "\" must be a list of texts");
    }
    return list;
  }
  std::vector<std::uint64_t> numbers(const std::string& key) {
    std::vector<std::uint64_t> list;
    for (const toml::node* entry : entries(key)) {
      const std::optional<std::int64_t> value = entry->value_exact<std::int64_t>();
      if (value && *value >= 0) list.push_back(static_cast<std::uint64_t>(*value));
      if (!value || *value < 0) note("\"" + path(key) + "\" must be a list of numbers, 0 or more");
    }
    return list;
  }
  Table table(const std::string& key) {
    const toml::node* node = find(key);
    if (node != nullptr && !node->is_table()) note("\"" + path(key) + "\" must be a table");
    return {node == nullptr ? nullptr : node->as_table(), path(key), problem_};
  }
  std::vector<Table> tables(const std::string& key) {
    std::vector<Table> list;
    for (const toml::node* entry : entries(key)) {
      if (!entry->is_table()) note("\"" + path(key) + "\" must be a list of tables");
      list.emplace_back(entry->as_table(), path(key), problem_);
    }
    return list;
  }
  bool is_present() const { return table_ != nullptr; }
  void note(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
  }

 private:
  std::string path(const std::string& key) const { return name_.empty() ? key : name_ + "." + key; }
  const toml::node* find(const std::string& key) {
    known_.push_back(key);
    return table_ == nullptr ? nullptr : table_->get(key);
  }
  std::vector<const toml::node*> entries(const std::string& key) {
    std::vector<const toml::node*> list;
    const toml::node* node = find(key);
    if (node == nullptr) return list;
    const toml::array* array = node->as_array();
    if (array == nullptr) note("\"" + path(key) + "\" must be a list");
    if (array != nullptr)
      for (const toml::node& entry : *array) list.push_back(&entry);
    return list;
  }

  const toml::table* table_;
  std::string name_;
  std::string& problem_;
  std::vector<std::string> known_;
};

bool is_slot_name(const std::string& name) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= 16 && std::all_of(name.begin(), name.end(), allowed);
}

void read_slots(Table& root, ApplierConfig& config) {
  for (Table& entry : root.tables("slot")) {
    SlotPlace place;
    entry.required_text("name", place.name);
    entry.required_text("device", place.device);
    entry.refuse_unknown();
    if (!is_slot_name(place.name))
      root.note("slot name \"" + place.name + "\" must be lower-case letters and digits");
    for (const SlotPlace& other : config.slots)
      if (other.name == place.name || other.device == place.device)
        root.note("slots \"" + other.name + "\" and \"" + place.name + "\" must differ in name and device");
    config.slots.push_back(place);
  }
  if (config.slots.size() < 2) root.note("two [[slot]] tables are needed");
}

void read_uboot(Table& table, const std::vector<std::string>& environment, ApplierConfig& config) {
  std::int64_t size = 0;
  table.number("environment_size", uboot_environment_size_min, uboot_environment_size_max, size);
  if (size == 0) table.note("\"boot_control.environment_size\" is missing");
  std::int64_t tries = config.tries;
  table.number("tries", 1, 9, tries);
  const std::vector<std::uint64_t> offsets = table.numbers("offsets");
  // With one copy a power cut during a write would lose every variable.
  if (environment.size() != 2) return table.note("\"boot_control.environment\" must name two copies");
  if (!offsets.empty() && offsets.size() != 2)
    return table.note("\"boot_control.offsets\" must have two numbers");
  for (std::size_t i = 0; i < 2; ++i)
    config.uboot.copies[i] = {environment[i], offsets.empty() ? 0 : offsets[i]};
  if (environment[0] == environment[1]) {
    const auto [low, high] = std::minmax(config.uboot.copies[0].offset, config.uboot.copies[1].offset);
    if (high - low < static_cast<std::uint64_t>(size))
      table.note("the two copies in \"boot_control.environment\" overlap: set \"offsets\"");
  }
  config.uboot.size = static_cast<std::uint32_t>(size);
  config.tries = static_cast<int>(tries);
  config.uboot.tries = config.tries;
}

void read_boot_control(Table& root, ApplierConfig& config) {
  Table table = root.table("boot_control");
  if (!table.is_present()) return root.note("table \"boot_control\" is missing");
  std::string backend;
  table.required_text("backend", backend);
  const std::vector<std::string> environment = table.texts("environment");
  if (backend == "uboot") {
    config.backend = BootBackend::uboot;
    read_uboot(table, environment, config);
  } else if (backend == "grub") {
    config.backend = BootBackend::grub;
    config.tries = 1;
    if (environment.size() != 1) table.note("\"boot_control.environment\" must name one file");
    if (!environment.empty()) config.grub_block = environment[0];
  } else {
    table.note("\"boot_control.backend\" must be \"uboot\" or \"grub\"");
  }
  table.refuse_unknown();
}

void read_boot_files(Table& root, ApplierConfig& config) {
  Table table = root.table("boot_files");
  if (!table.is_present()) return;
  table.required_text("directory", config.boot_files.directory);
  for (Table& entry : table.tables("files")) {
    BootFile file;
    entry.required_text("from", file.from);
    entry.required_text("to", file.to);
    entry.refuse_unknown();
    if (file.to.find('/') != std::string::npos)
      table.note("\"boot_files.files.to\" must be a name without \"/\"");
    config.boot_files.files.push_back(file);
  }
  table.refuse_unknown();
}

void read_trial(Table& root, ApplierConfig& config) {
  Table table = root.table("trial");
  config.self_test.directory = "/etc/dunlin/self-test.d";
  std::int64_t deadline = config.self_test.deadline.count();
  std::int64_t timeout = config.self_test.watchdog_timeout.count();
  table.text("self_test_dir", config.self_test.directory);
  table.number("self_test_deadline_s", 1, 3600, deadline);
  table.text("watchdog", config.watchdog);
  table.number("watchdog_timeout_s", 1, 3600, timeout);
  table.refuse_unknown();
  config.self_test.deadline = std::chrono::seconds(deadline);
  config.self_test.watchdog_timeout = std::chrono::seconds(timeout);
}

void read_root(Table& root, ApplierConfig& config) {
  root.text("socket", config.socket);
  root.text("socket_group", config.socket_group);
  root.text("state_dir", config.state_dir);
  root.text("root_metadata", config.root_metadata);
  root.required_text("product", config.product);
  root.required_text("hardware", config.hardware);
  root.text("command_line_file", config.command_line_file);
  const std::vector<std::string> reboot = root.texts("reboot_command");
  if (!reboot.empty()) config.reboot_command = reboot;
  read_slots(root, config);
  read_boot_control(root, config);
  read_boot_files(root, config);
  read_trial(root, config);
  root.refuse_unknown();
}

}  // namespace

Result<ApplierConfig> parse_applier_config(std::string_view text) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed)
    return fail(ErrorKind::usage, "line " + std::to_string(parsed.error().source().begin.line) + ": " +
                                      std::string(parsed.error().description()));
  ApplierConfig config;
  std::string problem;
  Table root(&parsed.table(), "", problem);
  read_root(root, config);
  if (!problem.empty()) return fail(ErrorKind::usage, problem);
  return config;
}

}  // namespace dunlin
