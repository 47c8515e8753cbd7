#include "swarm/leadership.h"

#include <utility>

#include <algorithm>
#include <limits>
#include <tuple>

namespace dunlin {

namespace {

std::uint64_t eighths(const Candidate& candidate, std::uint64_t size) {
  if (size == 0) return 0;
  return std::min(candidate.progress, size) / (size / 8 + 1);
}

auto identity(const Candidate& candidate) {
  return std::tie(candidate.device_id, candidate.instance);
}

bool could_lead(const Candidate& candidate) {
  return candidate.can_lead && !candidate.complete;
}

}  // namespace

bool leads_before(const Candidate& a, const Candidate& b, std::uint64_t size) {
  if (a.give_ways != b.give_ways) return a.give_ways < b.give_ways;
  if (a.reluctant != b.reluctant) return b.reluctant;
  if (eighths(a, size) != eighths(b, size)) return eighths(a, size) > eighths(b, size);
  return identity(a) < identity(b);
}

const Candidate* holding_claim(const std::vector<Candidate>& candidates) {
  const Candidate* best = nullptr;
  for (const Candidate& each : candidates) {
    if (!each.leads || !could_lead(each)) continue;
    const bool better =
        !best || each.term > best->term || (each.term == best->term && identity(each) < identity(*best));
    if (better) best = &each;
  }
  return best;
}

std::chrono::milliseconds hold_off_after(std::chrono::milliseconds listened) {
  constexpr std::chrono::milliseconds most = LeadershipTimes().hold_off;
  return listened >= most ? hold_off_least : std::max(hold_off_least, most - listened);
}

Leadership::Leadership(LeadershipTimes times, std::uint64_t size, SteadyTime start)
    : times_(times),
      size_(size),
      listens_until_(start + times.hold_off),
      progressed_(start),
      own_moved_(start),
      leaderless_(start),
      not_before_(start),
      watched_moved_(start) {}

void Leadership::step(Candidate self, std::vector<Candidate> others, SteadyTime now) {
  watch_own_ability(self, now);
  watch_own_progress(self, now);
  drop_ignored(others, now);
  for (const Candidate& other : others) term_ = std::max(term_, other.term);
  if (!could_lead(self)) leads_ = false;
  self.leads = leads_;
  self.term = term_;
  self.give_ways = give_ways_;

  // A leader whose term was overtaken speaks with the term it claimed under, so compare with that.
  const Candidate* foreign = holding_claim(others);
  const bool foreign_holds =
      foreign && (!leads_ || foreign->term > claimed_term_ ||
                  (foreign->term == claimed_term_ && identity(*foreign) < identity(self)));
  if (foreign_holds) {
    leads_ = false;
    follow(*foreign, self, round(self, others), now);
  } else if (leads_ && is_relieved(self, others)) {
    leads_ = false;
    leader_.clear();
    not_before_ = now + times_.patience;
  } else if (leads_) {
    keep_or_give_way(self, others, now);
  } else {
    claim_if_first(self, others, now);
  }
}

// How often each of those who could lead gave way since anybody led with success. Beyond none, the link
// itself is gone: everyone is given more time.
unsigned Leadership::round(const Candidate& self, const std::vector<Candidate>& others) const {
  unsigned least = self.give_ways;
  for (const Candidate& each : others) {
    if (could_lead(each)) least = std::min<unsigned>(least, each.give_ways);
  }
  return least;
}

// Somebody is there who should rather lead, and has not tried in vain.
bool Leadership::is_relieved(const Candidate& self, const std::vector<Candidate>& others) const {
  return self.reluctant && std::any_of(others.begin(), others.end(), [&](const Candidate& each) {
           return could_lead(each) && !each.reluctant && each.give_ways <= self.give_ways;
         });
}

// What let us lead, hours that begin, lets the whole site: neighbours are heard to be able as well before
// anyone claims.
void Leadership::watch_own_ability(const Candidate& self, SteadyTime now) {
  const bool could_before = std::exchange(can_lead_, self.can_lead);
  if (can_lead_ && !could_before) listen_until(now + hold_off_least);
}

void Leadership::watch_own_progress(const Candidate& self, SteadyTime now) {
  // Whoever lacks nothing waits for nobody; its patience begins when it wants more.
  if (self.complete) progressed_ = own_moved_ = leaderless_ = now;
  if (self.progress == progress_) return;
  const bool grew = self.progress > progress_;
  progress_ = self.progress;
  progressed_ = own_moved_ = now;
  if (!grew) return;
  turn_helped_ = leads_ && (turn_helped_ || now < self_reliant_until_);
  if (!leads_) return;
  give_ways_ = 0;
  helpful_ = self.instance;
}

void Leadership::drop_ignored(std::vector<Candidate>& others, SteadyTime now) {
  std::erase_if(ignored_, [&](const auto& entry) { return entry.second <= now; });
  if (now < self_reliant_until_) others.clear();
  std::erase_if(others, [&](const Candidate& each) { return ignored_.contains(each.instance); });
}

void Leadership::follow(const Candidate& leader, const Candidate& self, unsigned round, SteadyTime now) {
  leader_ = leader.device_id;
  leaderless_ = now;
  // The same leader under a new term starts with a clean slate: it was elected again.
  const bool elected_anew = watched_ != leader.instance || watched_term_ != leader.term;
  if (elected_anew) progressed_ = now;
  if (!elected_anew && leader.progress > watched_progress_) helpful_ = leader.instance;
  if (elected_anew || watched_progress_ != leader.progress) {
    watched_ = leader.instance;
    watched_term_ = leader.term;
    watched_progress_ = leader.progress;
    watched_moved_ = now;
  }
  if (!could_lead(self)) return;
  const bool idle = now - watched_moved_ >= times_.idle_leader * (round > 0 ? 2 : 1);
  const bool starved = now - progressed_ >= times_.starved && leader.progress > self.progress;
  const bool withheld =
      now - progressed_ >= times_.withheld && leader.progress > self.progress + times_.far_ahead;
  if (idle || starved || withheld) ignored_[leader.instance] = now + times_.ignored;
  lose_hope(self, now);
}

// Whatever names and terms they use: nothing came for minutes, so rely on nobody for a while. In a long
// outage honest devices come to this too; each at its own time, so that the link does not find all of them
// leading when it is back.
void Leadership::lose_hope(const Candidate& self, SteadyTime now) {
  const std::chrono::milliseconds hopeless =
      times_.hopeless + times_.hopeless * static_cast<int>(self.instance % 64) / 64;
  if (now - own_moved_ < (turn_helped_ ? times_.turn : hopeless)) return;
  self_reliant_until_ = now + times_.turn;
  own_moved_ = self_reliant_until_;
}

// While the link is gone for everybody, the one that read last has most of the time: it alone has the first
// bytes of pieces that were cut, which the next leader would read again.
std::chrono::milliseconds Leadership::own_patience(const Candidate& self,
                                                   const std::vector<Candidate>& others) const {
  const auto longest = patience_in_round(times_.patience, round(self, others));
  const bool another_goes_on = std::any_of(others.begin(), others.end(), [&](const Candidate& each) {
    return could_lead(each) && each.instance == helpful_;
  });
  return another_goes_on ? std::max(times_.patience, longest / 8) : longest;
}

void Leadership::keep_or_give_way(const Candidate& self, const std::vector<Candidate>& others,
                                  SteadyTime now) {
  leader_ = self.device_id;
  leaderless_ = now;
  if (std::none_of(others.begin(), others.end(), could_lead)) return;
  if (now - std::max(progressed_, led_since_) < own_patience(self, others)) return;
  leads_ = false;
  leader_.clear();
  if (give_ways_ < std::numeric_limits<std::uint8_t>::max()) ++give_ways_;
  not_before_ = now + times_.patience;
}

void Leadership::claim_if_first(const Candidate& self, const std::vector<Candidate>& others, SteadyTime now) {
  leader_.clear();
  if (!could_lead(self)) return;
  const auto before_us = std::count_if(others.begin(), others.end(), [&](const Candidate& each) {
    return could_lead(each) && leads_before(each, self, size_);
  });
  const bool alone = std::none_of(others.begin(), others.end(), could_lead);
  if (now < listens_until_) leaderless_ = now;
  if (now < listens_until_ || (!alone && now < not_before_)) return;
  if (now - leaderless_ < times_.rank_step * before_us) return;
  leads_ = true;
  if (now >= self_reliant_until_) turn_helped_ = false;
  if (term_ < std::numeric_limits<std::uint32_t>::max()) ++term_;
  claimed_term_ = term_;
  led_since_ = now;
  leader_ = self.device_id;
}

}  // namespace dunlin
