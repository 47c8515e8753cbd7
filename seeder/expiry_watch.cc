#include "seeder/expiry_watch.h"

#include <algorithm>

#include <fmt/format.h>

namespace dunlin {

namespace {

constexpr std::chrono::hours told_again_after{24};

std::string left_text(WallTime expires, WallTime now) {
  if (expires <= now) return "has expired: devices refuse this repository";
  const auto hours = std::chrono::duration_cast<std::chrono::hours>(expires - now).count();
  return fmt::format("expires in {} days and {} hours", hours / 24, hours % 24);
}

}  // namespace

std::vector<ExpiringRole> expiring_roles(const RoleExpiry& expiry, const RoleLifetimes& lifetimes,
                                         WallTime now) {
  std::vector<ExpiringRole> found;
  const auto look = [&](const char* role, WallTime expires, std::chrono::milliseconds notice,
                        const char* advice) {
    if (expires - now < notice)
      found.push_back({role, expires, fmt::format("{} {}; {}", role, left_text(expires, now), advice)});
  };
  look("root", expiry.root, lifetimes.root / 8, "sign it again with `dunlin-seeder key renew --role root`");
  look("targets", expiry.targets, lifetimes.targets / 8,
       "publish a release, or sign it again with `dunlin-seeder key renew --role targets`");
  look("snapshot", expiry.snapshot, lifetimes.timestamp / 3,
       "the server should have renewed it: are its keys here, and open?");
  look("timestamp", expiry.timestamp, lifetimes.timestamp / 3,
       "the server should have renewed it: are its keys here, and open?");
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& left, const auto& right) { return left.expires < right.expires; });
  return found;
}

std::vector<ExpiringRole> ExpiryWatch::look(const std::vector<ExpiringRole>& expiring, WallTime now) {
  std::vector<ExpiringRole> news;
  std::map<std::string, WallTime> told;
  for (const ExpiringRole& role : expiring) {
    const auto before = told_.find(role.role);
    // A clock that was set back must not make it silent.
    const bool is_news =
        before == told_.end() || before->second > now || now - before->second >= told_again_after;
    if (is_news) news.push_back(role);
    told[role.role] = is_news ? now : before->second;
  }
  told_ = std::move(told);
  return news;
}

}  // namespace dunlin
