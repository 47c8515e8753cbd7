#include "swarm/lan_slots.h"

#include <algorithm>
#include <tuple>

namespace dunlin {

namespace {

bool has_lower_id(const LanTaker& a, const LanTaker& b) {
  return std::tie(a.device_id, a.instance) < std::tie(b.device_id, b.instance);
}

}  // namespace

void LanSlots::watch(const std::vector<LanTaker>& others, SteadyTime now) {
  began_.reset();
  see(others, now);
}

void LanSlots::see(const std::vector<LanTaker>& takers, SteadyTime now) {
  std::map<std::uint64_t, Seen> seen;
  for (const LanTaker& each : takers) {
    const auto before = seen_.find(each.instance);
    Seen next = before == seen_.end() ? Seen{each.progress, now, false} : before->second;
    if (next.progress != each.progress) next = {each.progress, now, true};
    seen[each.instance] = next;
  }
  seen_ = std::move(seen);
}

bool LanSlots::moves(const LanTaker& taker, SteadyTime now) const {
  const Seen& seen = seen_.at(taker.instance);
  return now - seen.moved < (seen.has_moved ? patience : beginning);
}

// Among those that move: whoever comes new takes nobody's slot.
bool LanSlots::is_before(const LanTaker& a, const LanTaker& b) const {
  const bool moved = seen_.at(a.instance).has_moved;
  if (moved != seen_.at(b.instance).has_moved) return moved;
  return has_lower_id(a, b);
}

bool LanSlots::may_take(const LanTaker& self, const std::vector<LanTaker>& others, SteadyTime now) {
  if (count_ == 0) return true;
  std::vector<LanTaker> all = others;
  all.push_back(self);
  see(all, now);
  if (!began_) began_ = now;
  if (now - *began_ < listening) return false;
  std::size_t moving = 0;
  std::size_t moving_before = 0;
  std::size_t still_before = 0;
  for (const LanTaker& each : others) {
    if (moves(each, now)) {
      ++moving;
      moving_before += is_before(each, self) ? 1 : 0;
    } else {
      still_before += has_lower_id(each, self) ? 1 : 0;
    }
  }
  if (moves(self, now)) return moving_before < count_;
  const std::size_t free = count_ - std::min(count_, moving);
  if (free == 0) free_since_.reset();
  if (free == 0) return false;
  if (!free_since_) free_since_ = now;
  const std::size_t turns = still_before < free ? 0 : still_before - free + 1;
  return now - *free_since_ >= step * static_cast<int>(turns);
}

}  // namespace dunlin
