#include "core/trust/tuf_time.h"

#include <algorithm>

#include <fmt/format.h>

namespace dunlin {

namespace {

constexpr std::string_view pattern = "dddd-dd-ddTdd:dd:ddZ";

bool fits_pattern(std::string_view text) {
  return std::equal(text.begin(), text.end(), pattern.begin(), pattern.end(), [](char c, char expected) {
    return expected == 'd' ? c >= '0' && c <= '9' : c == expected;
  });
}

int number(std::string_view digits) {
  int value = 0;
  for (char c : digits) value = value * 10 + (c - '0');
  return value;
}

}  // namespace

std::optional<WallTime> parse_tuf_time(std::string_view text) {
  if (!fits_pattern(text)) return std::nullopt;
  const std::chrono::year_month_day day(std::chrono::year(number(text.substr(0, 4))),
                                        std::chrono::month(static_cast<unsigned>(number(text.substr(5, 2)))),
                                        std::chrono::day(static_cast<unsigned>(number(text.substr(8, 2)))));
  const int hour = number(text.substr(11, 2));
  const int minute = number(text.substr(14, 2));
  const int second = number(text.substr(17, 2));
  if (!day.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return WallTime(std::chrono::sys_days(day)) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

std::string format_tuf_time(WallTime time) {
  static const WallTime first = *parse_tuf_time("0000-01-01T00:00:00Z");
  static const WallTime last = *parse_tuf_time("9999-12-31T23:59:59Z");
  const WallTime held = std::clamp(time, first, last);
  const auto midnight = std::chrono::floor<std::chrono::days>(held);
  const std::chrono::year_month_day day(midnight);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(held - midnight).count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", int(day.year()), unsigned(day.month()),
                     unsigned(day.day()), seconds / 3600, seconds / 60 % 60, seconds % 60);
}

}  // namespace dunlin
