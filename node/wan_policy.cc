#include "node/wan_policy.h"

#include <fmt/format.h>

namespace dunlin {

WanVerdict judge_wan(const WanRules& rules, const WanNow& now) {
  WanVerdict verdict;
  if (now.hints.on_battery && rules.battery == HintRule::last) verdict.reluctant_by = "battery";
  if (now.hints.metered && rules.metered == HintRule::last) verdict.reluctant_by = "metered";
  if (now.hints.metered && rules.metered == HintRule::stop) {
    verdict.closed_by = "metered";
    verdict.reason = "the link is metered, so only neighbours are asked";
  } else if (now.hints.on_battery && rules.battery == HintRule::stop) {
    verdict.closed_by = "battery";
    verdict.reason = "the device runs on its battery, so only neighbours are asked";
  } else if (!rules.hours.is_open(now.minute_of_day)) {
    verdict.closed_by = "hours";
    verdict.reason = "the WAN is used again at " + rules.hours.next_opening(now.minute_of_day);
  } else if (now.hoping < rules.wait) {
    const auto left = std::chrono::ceil<std::chrono::seconds>(rules.wait - now.hoping).count();
    verdict.closed_by = "neighbours";
    verdict.reason = fmt::format("neighbours may bring it: the WAN is used in {} s", left);
  }
  return verdict;
}

}  // namespace dunlin
