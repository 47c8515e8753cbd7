#include "seeder/seeder_config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include "swarm/http_url.h"

namespace dunlin {

namespace {

constexpr std::int64_t days_max = 36'500;

std::string at(const toml::node& node) {
  return " (line " + std::to_string(node.source().begin.line) + ")";
}

// Reads one table key by key and remembers the first thing that was wrong.
class TableReader {
 public:
  TableReader(const toml::table& table, std::string prefix) : table_(table), prefix_(std::move(prefix)) {}

  void text(std::string_view key, std::string& out, bool required) {
    const toml::node* node = find(key);
    if (node == nullptr) {
      if (required) refuse("key \"" + full(key) + "\" is missing");
      return;
    }
    if (const auto value = node->value_exact<std::string>()) {
      out = *value;
    } else {
      refuse("key \"" + full(key) + "\" must be a text in quotes" + at(*node));
    }
  }

  void number(std::string_view key, std::int64_t low, std::int64_t high, std::int64_t& out) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const auto value = node->value_exact<std::int64_t>();
    if (value && *value >= low && *value <= high) {
      out = *value;
    } else {
      refuse(
          fmt::format("key \"{}\" must be a whole number from {} to {}{}", full(key), low, high, at(*node)));
    }
  }

  const toml::table* table(std::string_view key) {
    const toml::node* node = find(key);
    if (node == nullptr) return nullptr;
    if (!node->is_table()) refuse("\"" + full(key) + "\" must be a table [" + full(key) + "]" + at(*node));
    return node->as_table();
  }

  // Everything that was not asked for is unknown.
  Result<void> finish() {
    if (!failure_.empty()) return fail(ErrorKind::usage, failure_);
    for (const auto& [key, node] : table_) {
      if (!known_.contains(std::string(key.str())))
        return fail(ErrorKind::usage,
                    "unknown key \"" + full(key.str()) + "\"" + at(node) + "; known are: " + known());
    }
    return {};
  }

 private:
  const toml::node* find(std::string_view key) {
    known_.insert(std::string(key));
    return table_.get(key);
  }
  std::string full(std::string_view key) const { return prefix_ + std::string(key); }
  void refuse(std::string why) {
    if (failure_.empty()) failure_ = std::move(why);
  }
  std::string known() const {
    std::string list;
    for (const std::string& key : known_) list += (list.empty() ? "" : ", ") + full(key);
    return list;
  }

  const toml::table& table_;
  std::string prefix_;
  std::set<std::string> known_;
  std::string failure_;
};

std::int64_t days(std::chrono::hours time) {
  return time.count() / 24;
}

Result<void> read_lifetimes(const toml::table& table, RoleLifetimes& lifetimes) {
  TableReader reader(table, "expiry.");
  std::int64_t root = days(lifetimes.root), targets = days(lifetimes.targets);
  std::int64_t snapshot = days(lifetimes.snapshot), timestamp = days(lifetimes.timestamp);
  reader.number("root_days", 1, days_max, root);
  reader.number("targets_days", 1, days_max, targets);
  reader.number("snapshot_days", 1, days_max, snapshot);
  reader.number("timestamp_days", 1, days_max, timestamp);
  lifetimes = RoleLifetimes{std::chrono::hours(24 * root), std::chrono::hours(24 * targets),
                            std::chrono::hours(24 * snapshot), std::chrono::hours(24 * timestamp)};
  Result<void> finished = reader.finish();
  if (finished && snapshot < timestamp)
    return fail(ErrorKind::usage, "expiry.snapshot_days must be at least expiry.timestamp_days");
  return finished;
}

Result<SeederConfig> read_config(const toml::table& table) {
  SeederConfig config;
  TableReader reader(table, "");
  std::int64_t torrent_port = config.torrent_port;
  std::int64_t interval = config.tracker_interval.count();
  std::int64_t keep_images = config.keep_images;
  reader.text("product", config.product, true);
  reader.text("url", config.url, true);
  reader.text("listen", config.listen, true);
  reader.number("torrent_port", 0, 65'535, torrent_port);
  reader.number("tracker_interval_s", 5, 3'600, interval);
  reader.number("keep_images", 1, 100, keep_images);
  const toml::table* expiry = reader.table("expiry");
  Result<void> finished = reader.finish();
  if (!finished) return fail(std::move(finished.error()));
  if (expiry != nullptr) {
    Result<void> read = read_lifetimes(*expiry, config.lifetimes);
    if (!read) return fail(std::move(read.error()));
  }
  config.torrent_port = static_cast<std::uint16_t>(torrent_port);
  config.tracker_interval = std::chrono::seconds(interval);
  config.keep_images = static_cast<int>(keep_images);
  return config;
}

}  // namespace

Result<SeederConfig> parse_seeder_config(std::string_view text) {
  toml::table table;
  try {
    table = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return fail(ErrorKind::usage,
                fmt::format("{} (line {})", error.description(), error.source().begin.line));
  }
  Result<SeederConfig> config = read_config(table);
  if (!config) return config;
  Result<void> product = check_product(config->product);
  if (!product) return fail(std::move(product.error()));
  Result<std::string> listen = listen_address_for(config->url);
  if (!listen) return fail(std::move(listen.error()));
  return config;
}

std::string to_toml(const SeederConfig& config) {
  return fmt::format(
      R"(# Written by `dunlin-seeder init`; read by publish, serve and status.
product = "{}"
url = "{}"   # how devices reach this seeder; the server certificate is for this host
listen = "{}"   # where `serve` listens
torrent_port = {}   # BitTorrent; 0: chosen at each start
tracker_interval_s = {}   # how often a device asks the tracker
keep_images = {}   # images of this many releases stay here as bases of delta packs

[expiry]   # how long a signature is good for
root_days = {}
targets_days = {}   # publish again before this
snapshot_days = {}
timestamp_days = {}   # `serve` renews it; a seeder that is down for longer stops updates
)",
      config.product, config.url, config.listen, config.torrent_port, config.tracker_interval.count(),
      config.keep_images, days(config.lifetimes.root), days(config.lifetimes.targets),
      days(config.lifetimes.snapshot), days(config.lifetimes.timestamp));
}

Result<void> check_product(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  };
  if (name.empty() || name.size() > 64 || name.front() == '.' ||
      !std::all_of(name.begin(), name.end(), allowed))
    return fail(ErrorKind::usage,
                "product \"" + std::string(name) +
                    "\" must be 1 to 64 letters, digits, '.', '-' or '_', not starting with '.'");
  return {};
}

Result<std::string> listen_address_for(const std::string& text) {
  Result<Url> url = parse_url(text);
  if (!url) return fail(std::move(url.error()));
  if (url->scheme != UrlScheme::https)
    return fail(ErrorKind::usage, "url \"" + text + "\" must start with https://");
  if (url->target != "/")
    return fail(ErrorKind::usage, "url \"" + text + "\" must end after the port, without a path");
  if (text.find_first_of("\"\\") != std::string::npos)
    return fail(ErrorKind::usage, "url must not contain quotes");
  const bool is_v6 = url->host.find(':') != std::string::npos;
  return (is_v6 ? "[::]:" : "0.0.0.0:") + std::to_string(url->port);
}

}  // namespace dunlin
