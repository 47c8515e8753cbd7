#pragma once
#include <optional>

#include "core/base/clock.h"
#include "core/base/random.h"

namespace dunlin {

// When the WAN is asked again after a failure, and how long a connection may take to come about. A link that
// is gone comes back at any moment, so attempts stay a second or two apart for ten minutes; only then they
// are up to eight seconds apart. Pure.
class RetryPace {
 public:
  // The content comes.
  void on_success() { failures_ = 0; }
  // The request brought nothing, or nothing that can be used. `asked`: the server's Retry-After.
  void on_failure(SteadyTime now, std::optional<std::chrono::seconds> asked = std::nullopt);
  // The request brought bytes and was cut: the link was there a moment ago.
  void on_cut(SteadyTime now);

  bool is_failing() const { return failures_ > 0; }
  // Until the next attempt, by chance between a half and the whole of what the failures call for; never less
  // than what the server asked for.
  std::chrono::milliseconds delay(SteadyTime now, Random& random) const;
  // Short while the link is gone: a lost SYN is repeated after 1, 3 and 7 s, so a fresh attempt notices the
  // link's return sooner. Every fourth attempt is patient, for links that are only slow.
  std::chrono::milliseconds connect_limit() const;

 private:
  int failures_ = 0;  // in a row
  SteadyTime failing_since_{};
  SteadyTime not_before_{};
};

}  // namespace dunlin
