#pragma once
#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "swarm/stall_watch.h"

namespace dunlin {

// One device's part in the choice of a torrent's WAN leader, as it says so in its beacon.
struct Candidate {
  std::string device_id;
  std::uint64_t instance = 0;
  std::uint64_t progress = 0;
  std::uint32_t term = 0;
  std::uint8_t give_ways = 0;
  bool leads = false;
  bool can_lead = false;
  bool complete = false;
  bool reluctant = false;  // leads only while nobody else could
};

// True when `a` should lead rather than `b`: fewer vain attempts, then not reluctant, then more progress (in
// eighths of `size`), then the lower id. A strict order for given values, so that everyone who sees the same
// chooses the same.
bool leads_before(const Candidate& a, const Candidate& b, std::uint64_t size);

// The claim that holds among those who say they lead: the highest term, then the lower id. nullptr: nobody.
const Candidate* holding_claim(const std::vector<Candidate>& candidates);

// How long to listen before the first claim, for a device that has heard its site for `listened` already.
// Whoever fetches speaks at least twice a second, so those who have begun are known by then; those who begin
// at this moment are heard within the least.
std::chrono::milliseconds hold_off_after(std::chrono::milliseconds listened);
constexpr std::chrono::milliseconds hold_off_least{500};

struct LeadershipTimes {
  std::chrono::milliseconds hold_off{1'500};      // listen before the first claim
  std::chrono::milliseconds patience{3'000};      // a leader without progress for this long gives way
  std::chrono::milliseconds rank_step{2'000};     // the n-th in rank claims when nobody leads for n of these
  std::chrono::milliseconds idle_leader{15'000};  // a foreign leader without progress is ignored after this
  std::chrono::milliseconds withheld{15'000};     // so is one far ahead of us while we get nothing
  std::chrono::milliseconds starved{60'000};      // so is one that has what we lack while we get nothing
  std::chrono::milliseconds ignored{120'000};     // for this long
  std::chrono::milliseconds hopeless{300'000};    // nothing from anyone for this long (and up to twice as
                                                  // long, by instance): rely on nobody
  std::chrono::milliseconds turn{30'000};         // for this long, and again after as long when that helped
  std::uint64_t far_ahead = 256 * 1024;  // bytes; more than a leader holds before it can pass them on
};

// Decides for one torrent whether this device leads and whom it follows. Pure: no I/O, time is given. Leaders
// are sticky by term; one that makes no progress gives way when somebody else could lead, and does not claim
// again while that one is there. No step depends on the honesty of others: a leader that brings nothing is
// ignored after a while.
class Leadership {
 public:
  Leadership(LeadershipTimes times, std::uint64_t size, SteadyTime start);

  // About once a second and whenever a beacon changed something. `self.term`, `self.leads` and
  // `self.give_ways` are filled in from here; `others` are the live devices that hold the torrent.
  void step(Candidate self, std::vector<Candidate> others, SteadyTime now);
  // This device stops leading at once (shut-down, completed).
  void resign() { leads_ = false; }
  // Others may be there that were not heard yet: no claim before `until`.
  void listen_until(SteadyTime until) { listens_until_ = std::max(listens_until_, until); }
  // How long a leader may be without progress, as its link has shown (StallWatch).
  void set_patience(std::chrono::milliseconds patience) { times_.patience = patience; }

  bool leads() const { return leads_; }
  // What the beacon says: the term of our claim while we lead, else the highest we know.
  std::uint32_t term() const { return leads_ ? claimed_term_ : term_; }
  std::uint8_t give_ways() const { return give_ways_; }
  // Device id of the present leader, ours included; empty: none.
  const std::string& leader() const { return leader_; }

 private:
  unsigned round(const Candidate& self, const std::vector<Candidate>& others) const;
  bool is_relieved(const Candidate& self, const std::vector<Candidate>& others) const;
  void watch_own_ability(const Candidate& self, SteadyTime now);
  void watch_own_progress(const Candidate& self, SteadyTime now);
  void drop_ignored(std::vector<Candidate>& others, SteadyTime now);
  void follow(const Candidate& leader, const Candidate& self, unsigned round, SteadyTime now);
  void lose_hope(const Candidate& self, SteadyTime now);
  std::chrono::milliseconds own_patience(const Candidate& self, const std::vector<Candidate>& others) const;
  void keep_or_give_way(const Candidate& self, const std::vector<Candidate>& others, SteadyTime now);
  void claim_if_first(const Candidate& self, const std::vector<Candidate>& others, SteadyTime now);

  LeadershipTimes times_;
  std::uint64_t size_;
  SteadyTime listens_until_;
  bool can_lead_ = true;  // at the last step
  bool leads_ = false;
  std::uint32_t term_ = 0;          // highest known
  std::uint32_t claimed_term_ = 0;  // of our last claim
  SteadyTime led_since_{};
  std::uint8_t give_ways_ = 0;
  std::string leader_;
  std::uint64_t progress_ = 0;
  SteadyTime progressed_;  // when ours last grew, or the leader we follow was elected
  SteadyTime own_moved_;   // when ours last grew
  SteadyTime self_reliant_until_{};
  bool turn_helped_ = false;   // the last thing that came, came while we relied on nobody
  SteadyTime leaderless_;      // since when nobody leads
  SteadyTime not_before_;      // no claim before this
  std::uint64_t helpful_ = 0;  // instance of the last one that made progress while it led
  std::uint64_t watched_ = 0;  // instance of the leader we follow
  std::uint32_t watched_term_ = 0;
  std::uint64_t watched_progress_ = 0;
  SteadyTime watched_moved_;
  std::map<std::uint64_t, SteadyTime> ignored_;  // instance -> until when
};

}  // namespace dunlin
