#include "seeder/status_report.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "seeder/size_text.h"

namespace dunlin {

namespace {

using nlohmann::json;

std::uint64_t number_in(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

json json_of(const ImageEntry& image) {
  json packs = json::array();
  for (const PackEntry& pack : image.packs) {
    json one = {{"path", pack.file.path}, {"sha256", pack.file.sha256.hex()}, {"size", pack.file.size}};
    one["base"] = pack.base ? json(pack.base->hex()) : json();
    packs.push_back(std::move(one));
  }
  return {{"name", image.name}, {"id", image.id.hex()}, {"size", image.size}, {"packs", packs}};
}

json json_of(const PublishedRelease& release) {
  json images = json::array();
  for (const ImageEntry& image : release.images) images.push_back(json_of(image));
  return {{"version", release.version}, {"published", format_time(release.published)}, {"images", images}};
}

json role(std::int64_t version, WallTime expires) {
  return {{"version", version}, {"expires", format_time(expires)}};
}

std::string role_line(const char* name, WallTime expires, WallTime now) {
  const auto left = std::chrono::duration_cast<std::chrono::hours>(expires - now).count();
  const std::string when = expires <= now ? "EXPIRED: devices refuse this repository"
                                          : fmt::format("{} days {} hours left", left / 24, left % 24);
  return fmt::format("  {:<10} {}  {}\n", name, format_time(expires), when);
}

std::string release_lines(const PublishedRelease& release) {
  std::string text = fmt::format("  {}  published {}\n", release.version, format_time(release.published));
  for (const ImageEntry& image : release.images) {
    text += fmt::format("    {} {}", image.name, size_text(image.size));
    for (const PackEntry& pack : image.packs)
      text += fmt::format(", {} pack {}", pack.base ? "delta" : "full", size_text(pack.file.size));
    text += '\n';
  }
  return text;
}

}  // namespace

std::string format_time(WallTime time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

std::optional<LiveStatus> parse_live_status(std::string_view text) {
  const json parsed = json::parse(text, nullptr, false);
  if (!parsed.is_object()) return std::nullopt;
  LiveStatus live;
  live.https_bytes = number_in(parsed, "https_bytes");
  live.torrent_bytes = number_in(parsed, "torrent_bytes");
  const auto sites = parsed.find("sites");
  if (sites == parsed.end() || !sites->is_object()) return live;
  for (const auto& [site, peers] : sites->items()) {
    if (peers.is_number_unsigned()) live.sites[site] = peers.get<std::size_t>();
  }
  return live;
}

std::string to_json(const StatusReport& report) {
  json releases = json::array();
  for (const PublishedRelease& release : report.releases) releases.push_back(json_of(release));
  json out;
  out["product"] = report.config.product;
  out["url"] = report.config.url;
  out["serving"] = report.live.has_value();
  out["releases"] = releases;
  out["metadata"] = {{"root", role(report.versions.root, report.expiry.root)},
                     {"targets", role(report.versions.targets, report.expiry.targets)},
                     {"snapshot", role(report.versions.snapshot, report.expiry.snapshot)},
                     {"timestamp", role(report.versions.timestamp, report.expiry.timestamp)}};
  json events = json::array();
  for (const SeederEvent& event : report.events)
    events.push_back({{"time", format_time(event.time)}, {"kind", event.kind}, {"text", event.text}});
  out["events"] = std::move(events);
  out["served"] = {{"https_bytes", report.https_bytes}, {"torrent_bytes", report.torrent_bytes}};
  out["sites"] = report.live ? json(report.live->sites) : json::object();
  return out.dump(2, ' ', false, json::error_handler_t::replace);
}

std::string to_text(const StatusReport& report, WallTime now) {
  std::string text =
      fmt::format("{} at {}: {}\n", report.config.product, report.config.url,
                  report.live ? "serving" : "not serving (start it with `dunlin-seeder serve`)");
  text += report.releases.empty() ? "no releases yet\n" : "releases\n";
  for (const PublishedRelease& release : report.releases) text += release_lines(release);
  text += "metadata expires\n";
  text += role_line("timestamp", report.expiry.timestamp, now) +
          role_line("snapshot", report.expiry.snapshot, now) +
          role_line("targets", report.expiry.targets, now) + role_line("root", report.expiry.root, now);
  if (!report.events.empty()) text += "events\n";
  for (const SeederEvent& event : report.events)
    text += fmt::format("  {}  {}: {}\n", format_time(event.time), event.kind, event.text);
  text += fmt::format("served {} by HTTPS, {} by BitTorrent\n", size_text(report.https_bytes),
                      size_text(report.torrent_bytes));
  if (!report.live) return text;
  text += report.live->sites.empty() ? "no peers at the tracker\n" : "peers by site\n";
  for (const auto& [site, peers] : report.live->sites)
    text += fmt::format("  {:<20} {}\n", site.empty() ? "(none)" : site, peers);
  return text;
}

}  // namespace dunlin
