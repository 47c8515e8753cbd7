#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "node/wan_hints.h"
#include "node/wan_hours.h"

namespace dunlin {

// What a hint means for the WAN.
enum class HintRule {
  ignore,
  last,  // others of the site read, as long as one of them can
  stop,  // nothing but metadata is read
};

// From the configuration.
struct WanRules {
  WanHours hours;
  HintRule metered = HintRule::last;
  HintRule battery = HintRule::last;
  std::chrono::seconds wait{0};  // hope for neighbours so long, from when a release is taken up

  bool heeds_hints() const { return metered != HintRule::ignore || battery != HintRule::ignore; }
};

struct WanNow {
  int minute_of_day = 0;  // local time
  WanHints hints;
  std::chrono::milliseconds hoping{0};  // since the release was taken up
};

struct WanVerdict {
  std::string_view closed_by;     // "hours", "metered", "battery", "neighbours"; empty: open
  std::string reason;             // for people; empty when open
  std::string_view reluctant_by;  // "metered", "battery": others should rather read; empty: as well as any
};

// Whether content may be read over the WAN now, budgets aside. Pure. Of several reasons it gives the one that
// lasts longest: hints, then hours, then hope.
WanVerdict judge_wan(const WanRules& rules, const WanNow& now);

}  // namespace dunlin
