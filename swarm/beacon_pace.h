#pragma once
#include <optional>

#include "core/base/clock.h"

namespace dunlin {

// How often a device speaks. While something is fetched at the site, often: leadership lives on that. At
// rest about once a minute; for a while after news often, so that one lost datagram hides nothing. Pure.
class BeaconPace {
 public:
  static constexpr std::chrono::milliseconds first{300};  // in the first three seconds
  static constexpr std::chrono::milliseconds fetching{500};
  static constexpr std::chrono::milliseconds awake{1'000};
  static constexpr std::chrono::milliseconds at_rest{60'000};  // at most; by instance up to a tenth less

  // `instance` spreads the beacons of a site that came to rest in one moment.
  BeaconPace(SteadyTime start, std::uint64_t instance);

  // What goes on now: this device lacks pieces; a neighbour does.
  void look(bool fetches, bool neighbour_fetches, SteadyTime now);
  // Neighbours should hear of us soon: somebody is new, or we have something new to say.
  void on_news(SteadyTime now) { last_news_ = now; }

  // Between two beacons.
  std::chrono::milliseconds delay(SteadyTime now) const;
  // What a beacon promises (Beacon::alive_for): several beacons may get lost before a neighbour gives us up.
  std::chrono::milliseconds alive_for() const;
  // Nothing is fetched, and nobody was told anything for a while.
  bool is_at_rest(SteadyTime now) const;
  // For SiteView.
  std::optional<SteadyTime> fetching_since() const { return fetching_since_; }

 private:
  SteadyTime start_;
  SteadyTime last_news_;
  std::chrono::milliseconds rest_delay_;
  bool fetches_ = false;
  std::optional<SteadyTime> fetching_since_;  // at this site
};

}  // namespace dunlin
