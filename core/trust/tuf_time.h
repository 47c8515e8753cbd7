#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.h"

namespace dunlin {

// The one form in which TUF writes time: "2026-01-31T23:59:59Z". Nothing when the text has another form or is
// not a day of the calendar.
std::optional<WallTime> parse_tuf_time(std::string_view text);
// Whole seconds, rounded down; years 0000 to 9999 (others are held to those).
std::string format_tuf_time(WallTime time);

}  // namespace dunlin
