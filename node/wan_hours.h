#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace dunlin {

// Minutes of a day, [first, end). When `end` is not above `first`, it goes over midnight; when they are
// equal, it is the whole day.
struct DayRange {
  int first = 0;  // 0 to 1439
  int end = 0;    // 0 to 1440
  bool operator==(const DayRange&) const = default;
};

// The hours in which the WAN may be used, every day. Without ranges: always. Pure.
class WanHours {
 public:
  WanHours() = default;
  explicit WanHours(std::vector<DayRange> ranges) : ranges_(std::move(ranges)) {}

  // `minute` of the local day, 0 to 1439.
  bool is_open(int minute) const;
  // "22:00", when it opens next; empty while it is open.
  std::string next_opening(int minute) const;
  bool operator==(const WanHours&) const = default;

 private:
  std::vector<DayRange> ranges_;
};

// "22:00-06:00" or "00:00-24:00". usage for anything else.
Result<DayRange> parse_day_range(std::string_view text);

}  // namespace dunlin
