#pragma once
#include <map>
#include <string>

#include "core/trust/repository_signer.h"

namespace dunlin {

struct SeederMetrics {
  TrustedVersions versions;
  RoleExpiry expiry{};
  std::uint64_t renewals = 0;          // since the server started
  std::uint64_t renewal_failures = 0;  // likewise
  bool is_change_waiting = false;      // for signatures of keys that are elsewhere
  std::size_t releases = 0;
  std::uint64_t https_bytes = 0, torrent_bytes = 0;
  std::map<std::string, std::size_t> sites;  // peers by site
};

// Prometheus text format 0.0.4.
std::string to_prometheus(const SeederMetrics& metrics);

}  // namespace dunlin
