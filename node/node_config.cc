#include "node/node_config.h"

#include <algorithm>

#include "core/base/toml_reader.h"

namespace dunlin {

namespace {

constexpr std::uint64_t config_size_max = 256 * 1024;

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > 64) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

// "host" or "host:port".
bool is_host_and_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return is_name(text);
  if (colon == 0 || colon + 1 == text.size() || text.size() - colon > 6) return false;
  int port = 0;
  for (char c : text.substr(colon + 1)) {
    if (c < '0' || c > '9') return false;
    port = port * 10 + (c - '0');
  }
  return port >= 1 && port <= 65535;
}

void need_name(TomlReader& reader, std::string_view key, const std::string& value) {
  if (!is_name(value)) reader.reject(key, "must be 1 to 64 letters, digits, '.', '_' or '-'");
}

void need_path(TomlReader& reader, std::string_view key, const std::string& value) {
  if (value.empty() || value.front() != '/') reader.reject(key, "must be an absolute path");
}

// sun_path of a Unix socket holds 108 bytes with its end (unix(7)).
void need_socket(TomlReader& reader, std::string_view key, const std::string& value) {
  need_path(reader, key, value);
  if (value.size() > 107) reader.reject(key, "must be at most 107 characters long");
}

void read_top(TomlReader& reader, NodeConfig& config) {
  reader.text("device_id", config.device_id);
  reader.text("site", config.site);
  reader.text("data_dir", config.data_dir);
  reader.text("socket", config.socket);
  reader.text("applier_socket", config.applier_socket);
  reader.text("root_metadata", config.root_metadata);
  if (config.device_id.empty())
    reader.reject("device_id", "is missing and /etc/machine-id is empty: set one of them");
  need_name(reader, "device_id", config.device_id);
  need_name(reader, "site", config.site);
  need_path(reader, "data_dir", config.data_dir);
  need_socket(reader, "socket", config.socket);
  need_socket(reader, "applier_socket", config.applier_socket);
  need_path(reader, "root_metadata", config.root_metadata);
}

void read_seeder(TomlReader& reader, NodeConfig& config) {
  reader.require("url", "where the releases come from, for example url = \"https://10.0.0.1:8443\"");
  reader.text("url", config.seeder_url);
  reader.text("ca_file", config.ca_file);
  while (config.seeder_url.ends_with('/')) config.seeder_url.pop_back();
  const bool known = config.seeder_url.starts_with("https://") || config.seeder_url.starts_with("http://");
  if (!known) reader.reject("url", "must begin with https:// (or http:// for a mirror on this machine)");
  if (!config.ca_file.empty()) need_path(reader, "ca_file", config.ca_file);
}

void read_update(TomlReader& reader, NodeConfig& config) {
  std::size_t reboot = 0;
  std::int64_t interval = config.check_interval.count();
  reader.boolean("auto", config.update_automatically);
  reader.choice("reboot", {"auto", "manual"}, reboot);
  reader.integer("check_interval_s", 1, 7 * 86'400, interval);
  std::int64_t stale_days = 0;
  reader.integer("max_staleness_days", 0, 36'500, stale_days);
  config.max_staleness = std::chrono::hours(24 * stale_days);
  config.reboot = reboot == 0 ? RebootPolicy::automatic : RebootPolicy::manual;
  config.check_interval = std::chrono::seconds(interval);
  std::int64_t wait = config.neighbours_wait.count();
  reader.integer("neighbours_wait_s", 0, 86'400, wait);
  config.neighbours_wait = std::chrono::seconds(wait);
}

std::uint64_t read_kbit(TomlReader& reader, std::string_view key) {
  std::int64_t kbit = 0;
  reader.integer(key, 0, 100'000'000, kbit);
  return static_cast<std::uint64_t>(kbit) * 125;
}

void read_swarm(TomlReader& reader, NodeConfig& config) {
  std::size_t wan = 0;
  std::int64_t listen_port = config.listen_port;
  std::int64_t mirror_port = config.mirror_port;
  std::int64_t beacon_port = config.beacon_port;
  reader.choice("wan", {"shared", "own", "fast", "never"}, wan);
  reader.integer("listen_port", 0, 65535, listen_port);
  reader.integer("mirror_port", 0, 65535, mirror_port);
  reader.integer("beacon_port", 1, 65535, beacon_port);
  reader.text("beacon_group", config.beacon_group);
  reader.text_list("peers", config.peers);
  config.upload_rate_max = read_kbit(reader, "upload_kbit");
  std::int64_t takers = 0;
  reader.integer("transfers_max", 0, 10'000, takers);
  config.takers_max = static_cast<std::size_t>(takers);
  error_code code;
  const auto group = asio::ip::make_address(config.beacon_group, code);
  if (code || !group.is_multicast())
    reader.reject("beacon_group", "must be a multicast address such as 239.192.77.1");
  for (const std::string& peer : config.peers) {
    if (!is_host_and_port(peer)) reader.reject("peers", "holds \"" + peer + "\", which is not \"host:port\"");
  }
  config.wan = static_cast<WanPolicy>(wan);
  config.listen_port = static_cast<std::uint16_t>(listen_port);
  config.mirror_port = static_cast<std::uint16_t>(mirror_port);
  config.beacon_port = static_cast<std::uint16_t>(beacon_port);
}

std::optional<std::uint64_t> read_megabytes(TomlReader& reader, std::string_view key) {
  std::int64_t megabytes = 0;
  reader.integer(key, 0, 1'000'000'000, megabytes);
  if (megabytes == 0) return std::nullopt;
  return static_cast<std::uint64_t>(megabytes) * 1'000'000;
}

void read_rules(TomlReader& reader, WanRules& rules) {
  std::vector<std::string> hours;
  std::vector<DayRange> ranges;
  std::size_t metered = static_cast<std::size_t>(rules.metered);
  std::size_t battery = static_cast<std::size_t>(rules.battery);
  std::int64_t wait = 0;
  reader.text_list("hours", hours);
  reader.choice("on_metered", {"ignore", "last", "stop"}, metered);
  reader.choice("on_battery", {"ignore", "last", "stop"}, battery);
  reader.integer("wait_s", 0, 30 * 86'400, wait);
  for (const std::string& each : hours) {
    Result<DayRange> range = parse_day_range(each);
    if (range)
      ranges.push_back(*range);
    else
      reader.reject("hours", "holds " + range.error().message);
  }
  rules = {WanHours(std::move(ranges)), static_cast<HintRule>(metered), static_cast<HintRule>(battery),
           std::chrono::seconds(wait)};
}

// After read_swarm().
void read_wan(TomlReader& reader, NodeConfig& config) {
  config.wan_limits.month = read_megabytes(reader, "budget_month_mb");
  config.wan_limits.update = read_megabytes(reader, "budget_update_mb");
  config.download_rate_max = read_kbit(reader, "download_kbit");
  read_rules(reader, config.wan_rules);
  reader.text("hints_dir", config.hints_dir);
  need_path(reader, "hints_dir", config.hints_dir);
  if (config.wan != WanPolicy::fast) return;
  const std::string why = "does nothing with wan = \"fast\": everyone reads from everyone, and nobody counts";
  if (config.wan_limits.month) reader.reject("budget_month_mb", why);
  if (config.wan_limits.update) reader.reject("budget_update_mb", why);
  if (config.download_rate_max > 0) reader.reject("download_kbit", why);
  if (config.wan_rules.hours != WanHours()) reader.reject("hours", why);
  if (config.wan_rules.wait.count() > 0) reader.reject("wait_s", why);
  if (config.wan_rules.metered == HintRule::stop) reader.reject("on_metered", why);
  if (config.wan_rules.battery == HintRule::stop) reader.reject("on_battery", why);
}

}  // namespace

std::string_view to_string(WanPolicy policy) {
  switch (policy) {
    case WanPolicy::shared:
      return "shared";
    case WanPolicy::own:
      return "own";
    case WanPolicy::fast:
      return "fast";
    case WanPolicy::never:
      return "never";
  }
  return "unknown";
}

Result<NodeConfig> parse_node_config(std::string_view text, const std::string& file,
                                     const std::string& machine_id) {
  Result<TomlReader> top = TomlReader::parse(text, file);
  if (!top) return fail(std::move(top.error()));
  NodeConfig config;
  config.device_id = machine_id;
  TomlReader seeder = top->table("seeder");
  TomlReader update = top->table("update");
  TomlReader swarm = top->table("swarm");
  TomlReader wan = top->table("wan");
  read_top(*top, config);
  read_seeder(seeder, config);
  read_update(update, config);
  read_swarm(swarm, config);
  read_wan(wan, config);
  Result<void> finished = top->finish();
  if (!finished) return fail(std::move(finished.error()));
  return config;
}

Result<NodeConfig> load_node_config(Disk& disk, const std::string& path) {
  Result<std::string> text = read_text(disk, path, config_size_max);
  if (!text) {
    return fail(ErrorKind::usage, text.error().message + "; name the configuration file with --config FILE");
  }
  std::string machine_id = read_text(disk, "/etc/machine-id", 4096).value_or("");
  machine_id.erase(
      std::find_if(machine_id.begin(), machine_id.end(), [](char c) { return c == '\n' || c == ' '; }),
      machine_id.end());
  return parse_node_config(*text, path, machine_id);
}

}  // namespace dunlin
