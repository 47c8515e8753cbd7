#include "node/wan_hours.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace dunlin {

namespace {

constexpr int day_minutes = 24 * 60;

std::optional<int> two_digits(std::string_view text) {
  if (text.size() != 2 || text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9') return {};
  return (text[0] - '0') * 10 + (text[1] - '0');
}

std::optional<int> minute_of(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return {};
  const auto hour = two_digits(text.substr(0, 2));
  const auto minute = two_digits(text.substr(3));
  if (!hour || !minute || *minute > 59 || *hour * 60 + *minute > day_minutes) return {};
  return *hour * 60 + *minute;
}

bool holds(const DayRange& range, int minute) {
  if (range.first < range.end) return minute >= range.first && minute < range.end;
  return minute >= range.first || minute < range.end;
}

}  // namespace

bool WanHours::is_open(int minute) const {
  return ranges_.empty() || std::any_of(ranges_.begin(), ranges_.end(),
                                        [&](const DayRange& each) { return holds(each, minute); });
}

std::string WanHours::next_opening(int minute) const {
  for (int ahead = 0; ahead < day_minutes; ++ahead) {
    const int then = (minute + ahead) % day_minutes;
    if (!is_open(then)) continue;
    return ahead == 0 ? std::string() : fmt::format("{:02}:{:02}", then / 60, then % 60);
  }
  return {};
}

Result<DayRange> parse_day_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash != std::string_view::npos) {
    const auto first = minute_of(text.substr(0, dash));
    const auto end = minute_of(text.substr(dash + 1));
    if (first && end && *first < day_minutes) return DayRange{*first, *end};
  }
  return fail(ErrorKind::usage, "\"" + std::string(text) + "\" is not a time of day such as \"22:00-06:00\"");
}

}  // namespace dunlin
