#include "seeder/seeder_config.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/toml_reader.h"
#include "swarm/http_url.h"

namespace dunlin {

namespace {

constexpr std::int64_t days_max = 36'500;

std::int64_t days(std::chrono::hours time) {
  return time.count() / 24;
}

void read_lifetimes(TomlReader& top, RoleLifetimes& lifetimes) {
  TomlReader reader = top.table("expiry");
  std::int64_t root = days(lifetimes.root), targets = days(lifetimes.targets);
  std::int64_t snapshot = days(lifetimes.snapshot), timestamp = days(lifetimes.timestamp);
  reader.integer("root_days", 1, days_max, root);
  reader.integer("targets_days", 1, days_max, targets);
  reader.integer("snapshot_days", 1, days_max, snapshot);
  reader.integer("timestamp_days", 1, days_max, timestamp);
  lifetimes = RoleLifetimes{std::chrono::hours(24 * root), std::chrono::hours(24 * targets),
                            std::chrono::hours(24 * snapshot), std::chrono::hours(24 * timestamp)};
  if (snapshot < timestamp) reader.reject("snapshot_days", "must be at least `timestamp_days`");
}

void read_top(TomlReader& reader, SeederConfig& config) {
  std::int64_t torrent_port = config.torrent_port;
  std::int64_t interval = config.tracker_interval.count();
  std::int64_t keep_images = config.keep_images;
  reader.require("product", "the name of the product whose releases are published here");
  reader.require("url", "how devices reach this seeder, for example url = \"https://10.0.0.1:8443\"");
  reader.text("product", config.product);
  reader.text("url", config.url);
  reader.text("listen", config.listen);
  reader.integer("torrent_port", 0, 65'535, torrent_port);
  reader.integer("tracker_interval_s", 5, 3'600, interval);
  reader.integer("keep_images", 1, 100, keep_images);
  config.torrent_port = static_cast<std::uint16_t>(torrent_port);
  config.tracker_interval = std::chrono::seconds(interval);
  config.keep_images = static_cast<int>(keep_images);
}

}  // namespace

Result<SeederConfig> parse_seeder_config(std::string_view text, const std::string& file) {
  Result<TomlReader> reader = TomlReader::parse(text, file);
  if (!reader) return fail(std::move(reader.error()));
  SeederConfig config;
  read_top(*reader, config);
  read_lifetimes(*reader, config.lifetimes);
  Result<void> finished = reader->finish();
  if (!finished) return fail(std::move(finished.error()));
  Result<void> product = check_product(config.product);
  if (!product) return fail(std::move(product.error()), file);
  Result<std::string> listen = listen_address_for(config.url);
  if (!listen) return fail(std::move(listen.error()), file);
  if (config.listen.empty()) config.listen = *listen;
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
