#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"

namespace dunlin {

// A device of this site that takes content, or would.
struct LanTaker {
  std::string device_id;
  std::uint64_t instance = 0;
  std::uint64_t progress = 0;  // bytes it has of the contents that it lacks some of
  bool lacks = true;           // some of a content
};

// Who may take content now, when at most so many devices of a site do at a time. Everyone decides for itself
// from what it hears. Those whose progress moves hold the slots: first who has moved before, then who has
// just begun, each in the order of their ids. Who stands still holds none, so that a broken device cannot
// hold up the others; a free one is taken in the order of ids, one after the other. Pure: time is given.
class LanSlots {
 public:
  static constexpr std::chrono::seconds listening{2};   // who begins hears first who else does
  static constexpr std::chrono::seconds patience{30};   // moved since
  static constexpr std::chrono::seconds beginning{10};  // or was first heard since
  static constexpr std::chrono::seconds step{10};  // the next one waits so long whether the one before moves

  // 0: no limit.
  explicit LanSlots(std::size_t count) : count_(count) {}

  bool has_limit() const { return count_ > 0; }
  // About once a second, while this device lacks nothing: who moves is known when it begins to.
  void watch(const std::vector<LanTaker>& others, SteadyTime now);
  // The same while it lacks something; `others` are those that are heard and do so too.
  bool may_take(const LanTaker& self, const std::vector<LanTaker>& others, SteadyTime now);

 private:
  struct Seen {
    std::uint64_t progress = 0;
    SteadyTime moved{};  // or first heard
    bool has_moved = false;
  };
  void see(const std::vector<LanTaker>& takers, SteadyTime now);
  bool moves(const LanTaker& taker, SteadyTime now) const;
  bool is_before(const LanTaker& a, const LanTaker& b) const;

  std::size_t count_;
  std::map<std::uint64_t, Seen> seen_;  // by instance
  std::optional<SteadyTime> began_;     // since when this device lacks something
  std::optional<SteadyTime> free_since_;
};

}  // namespace dunlin
