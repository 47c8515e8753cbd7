#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "core/base/clock.h"

namespace dunlin {

// Which torrents the tracker is asked about when. Those that are due soon go along with those that are due
// now, so that a device at rest speaks once in a while and is quiet in between. Pure.
class AnnounceSchedule {
 public:
  // Asked about at once.
  void add(std::uint32_t torrent, SteadyTime now);
  void remove(std::uint32_t torrent) { torrents_.erase(torrent); }
  // At once: neighbours are needed again. Not before a tracker that failed may be asked again.
  void hurry(std::uint32_t torrent, SteadyTime now);
  void hurry_all(SteadyTime now);

  // In the order of their keys; empty: nothing to do before next().
  std::vector<std::uint32_t> due(SteadyTime now) const;
  // SteadyTime::max(): nothing to do.
  SteadyTime next() const;
  bool was_answered(std::uint32_t torrent) const;

  // The tracker answered: ask about this torrent again after `delay`.
  void on_answer(std::uint32_t torrent, std::chrono::milliseconds delay, SteadyTime now);
  // It does not know this torrent: ask again later, twice as late each time, at most after five minutes.
  void on_refusal(std::uint32_t torrent, SteadyTime now);
  // It did not answer: leave it alone, twice as long each time, at most for `delay_max`.
  void on_failure(std::chrono::milliseconds delay_max, SteadyTime now);

 private:
  struct Entry {
    SteadyTime due{};
    std::chrono::milliseconds delay{0};
    bool answered = false;
  };
  std::map<std::uint32_t, Entry> torrents_;
  SteadyTime not_before_{};
  std::chrono::milliseconds retry_{0};
};

}  // namespace dunlin
