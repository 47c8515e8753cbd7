#include "node/reboot_hold.h"

#include <algorithm>
#include <iterator>

namespace dunlin {

namespace {

bool can_stand_in(const LanShare& other, const LanShare& own) {
  return !other.lacks && other.have_bytes >= own.have_bytes && other.device < own.device;
}

}  // namespace

bool RebootHold::holds(const LanShare& own, const std::vector<LanShare>& shares, SteadyTime now) {
  std::vector<LanShare> needy;
  std::copy_if(shares.begin(), shares.end(), std::back_inserter(needy),
               [](const LanShare& each) { return each.lacks; });
  if (needy != needy_) moved_ = now;
  needy_ = std::move(needy);
  if (needy_.empty() || own.have_bytes == 0) return false;
  const bool is_relieved = std::any_of(shares.begin(), shares.end(),
                                       [&](const LanShare& each) { return can_stand_in(each, own); });
  return !is_relieved && now - start_ < limit_ && now - moved_ < patience;
}

}  // namespace dunlin
