#include "swarm/beacon_pace.h"

namespace dunlin {

namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr std::chrono::seconds young{3};
constexpr std::chrono::seconds news_for{10};
constexpr std::chrono::milliseconds alive_while_fetching{2'500};
constexpr std::chrono::milliseconds alive_while_site_fetches{3'500};
constexpr std::chrono::milliseconds alive_at_rest{300'000};

}  // namespace

BeaconPace::BeaconPace(SteadyTime start, std::uint64_t instance)
    : start_(start),
      last_news_(start),
      rest_delay_(at_rest - std::chrono::milliseconds(instance % (at_rest.count() / 10))) {}

void BeaconPace::look(bool fetches, bool neighbour_fetches, SteadyTime now) {
  fetches_ = fetches;
  if (fetches || neighbour_fetches) {
    if (!fetching_since_) fetching_since_ = now;
    return;
  }
  // Our beacons promised to come often: now they have to say otherwise.
  if (fetching_since_) last_news_ = now;
  fetching_since_.reset();
}

bool BeaconPace::is_at_rest(SteadyTime now) const {
  return !fetching_since_ && now - last_news_ >= news_for;
}

std::chrono::milliseconds BeaconPace::delay(SteadyTime now) const {
  if (now - start_ < young) return first;
  if (fetches_) return fetching;
  return is_at_rest(now) ? rest_delay_ : awake;
}

std::chrono::milliseconds BeaconPace::alive_for() const {
  if (fetches_) return alive_while_fetching;
  return fetching_since_ ? alive_while_site_fetches : alive_at_rest;
}

}  // namespace dunlin
