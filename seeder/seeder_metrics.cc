#include "seeder/seeder_metrics.h"

#include <tuple>

#include <fmt/format.h>

namespace dunlin {

namespace {

// A label's value: backslash, quote and line feed are escaped (Prometheus exposition format).
std::string label_value(std::string_view value) {
  std::string text;
  for (char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    text += c == '\n' ? "\\n" : std::string(1, c);
  }
  return text;
}

void say_metric(std::string& text, const char* name, const char* type, const char* help) {
  text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
}

std::int64_t unix_seconds(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

void say_counter(std::string& text, const char* name, const char* help, std::uint64_t value) {
  say_metric(text, name, "counter", help);
  text += fmt::format("{} {}\n", name, value);
}

void say_gauge(std::string& text, const char* name, const char* help, std::uint64_t value) {
  say_metric(text, name, "gauge", help);
  text += fmt::format("{} {}\n", name, value);
}

}  // namespace

std::string to_prometheus(const SeederMetrics& metrics) {
  std::string text;
  const std::tuple<const char*, std::int64_t, WallTime> roles[] = {
      {"root", metrics.versions.root, metrics.expiry.root},
      {"targets", metrics.versions.targets, metrics.expiry.targets},
      {"snapshot", metrics.versions.snapshot, metrics.expiry.snapshot},
      {"timestamp", metrics.versions.timestamp, metrics.expiry.timestamp}};
  say_metric(text, "dunlin_seeder_metadata_expires_seconds", "gauge",
             "Unix time at which the role's file expires.");
  for (const auto& [role, version, expires] : roles)
    text += fmt::format("dunlin_seeder_metadata_expires_seconds{{role=\"{}\"}} {}\n", role,
                        unix_seconds(expires));
  say_metric(text, "dunlin_seeder_metadata_version", "gauge", "Version of the role's published file.");
  for (const auto& [role, version, expires] : roles)
    text += fmt::format("dunlin_seeder_metadata_version{{role=\"{}\"}} {}\n", role, version);
  say_counter(text, "dunlin_seeder_renewals_total", "Renewals of the timestamp since the start.",
              metrics.renewals);
  say_counter(text, "dunlin_seeder_renewal_failures_total", "Renewals that failed since the start.",
              metrics.renewal_failures);
  say_gauge(text, "dunlin_seeder_change_waiting", "1 while a change waits for signatures.",
            metrics.is_change_waiting ? 1 : 0);
  say_gauge(text, "dunlin_seeder_releases", "Releases that are published.", metrics.releases);
  say_counter(text, "dunlin_seeder_https_bytes_total", "Bytes of files sent by HTTPS.", metrics.https_bytes);
  say_counter(text, "dunlin_seeder_torrent_bytes_total", "Bytes sent by BitTorrent.", metrics.torrent_bytes);
  say_metric(text, "dunlin_seeder_peers", "gauge", "Peers at the tracker by site.");
  for (const auto& [site, peers] : metrics.sites)
    text += fmt::format("dunlin_seeder_peers{{site=\"{}\"}} {}\n", label_value(site), peers);
  return text;
}

}  // namespace dunlin
