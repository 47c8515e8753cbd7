#pragma once
#include <optional>
#include <string_view>

#include "core/base/clock.h"

namespace dunlin {

// The moment for which metadata is judged, and how much is forgiven.
struct TrustTime {
  // Implicit: most callers forgive nothing.
  TrustTime(WallTime clock_says) : clock(clock_says) {}
  TrustTime(WallTime clock_says, std::chrono::hours staleness)
      : clock(clock_says), max_staleness(staleness) {}

  WallTime clock;                       // what the machine's clock says, perhaps nonsense; or `unjudged`
  std::chrono::hours max_staleness{0};  // snapshot and timestamp count so long after they expired
};

// Nothing is expired: for the operator, who opens what has expired to renew it.
inline constexpr WallTime unjudged = WallTime::min();

// A clock may be behind (1970 on a board without a battery) and is then worth less than what signed files
// prove: it is at least as late as the latest of them was signed. A clock that is ahead cannot be told from a
// long sleep; it is believed. Pure.
WallTime judged_time(WallTime clock, std::optional<WallTime> proven);

enum class ExpiryVerdict {
  valid,
  stale,  // expired, and forgiven by the device's policy
  expired,
};
// `role`: root, targets and delegated roles are never forgiven; a repository without them has no releases to
// freeze on. Pure.
ExpiryVerdict judge_expiry(std::string_view role, WallTime expires, TrustTime time,
                           std::optional<WallTime> proven);

}  // namespace dunlin
