#pragma once
#include <string>

#include "core/base/clock.h"
#include "seeder/fleet_store.h"
#include "seeder/seeder_config.h"

namespace dunlin {

// What a running server says about itself on its control socket.
struct LiveStatus {
  std::uint64_t https_bytes = 0;
  std::uint64_t torrent_bytes = 0;
  std::map<std::string, std::size_t> sites;  // peers by site
};

// Total; nothing when the text is not what a server says.
std::optional<LiveStatus> parse_live_status(std::string_view json);

struct StatusReport {
  SeederConfig config;
  std::vector<PublishedRelease> releases;
  TrustedVersions versions;
  RoleExpiry expiry;
  std::vector<SeederEvent> events;  // the newest first
  std::optional<LiveStatus> live;   // none: not serving
  std::uint64_t https_bytes = 0;    // as last saved, or live
  std::uint64_t torrent_bytes = 0;
};

std::string to_json(const StatusReport& report);
// For people; says what expires within `now` + its warning time.
std::string to_text(const StatusReport& report, WallTime now);

// "2026-01-31T12:00:00Z"
std::string format_time(WallTime time);

}  // namespace dunlin
