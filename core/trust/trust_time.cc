#include "core/trust/trust_time.h"

#include <algorithm>

namespace dunlin {

WallTime judged_time(WallTime clock, std::optional<WallTime> proven) {
  return proven ? std::max(clock, *proven) : clock;
}

ExpiryVerdict judge_expiry(std::string_view role, WallTime expires, TrustTime time,
                           std::optional<WallTime> proven) {
  const WallTime now = judged_time(time.clock, proven);
  if (time.clock == unjudged || now < expires) return ExpiryVerdict::valid;
  const bool may_be_stale = role == "timestamp" || role == "snapshot";
  return may_be_stale && now - expires < time.max_staleness ? ExpiryVerdict::stale : ExpiryVerdict::expired;
}

}  // namespace dunlin
