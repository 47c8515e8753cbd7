#pragma once
#include <chrono>
#include <cstdint>
#include <string_view>

#include "core/base/random.h"

namespace dunlin {

inline constexpr std::chrono::milliseconds retry_delay_max{300'000};

// How long to wait after the n-th failure in a row (n from 1): 2 s, 4 s, 8 s ... at most five minutes, each
// spread by a quarter up or down. Never gives up.
std::chrono::milliseconds retry_delay(int failures, Random& random);

// The time between two checks: `interval` spread by a tenth, by chance.
std::chrono::milliseconds check_delay(std::chrono::milliseconds interval, Random& random);

// How long a device waits before its first check: fixed by its name, so that a fleet that gets power at one
// moment does not ask at one moment. At most a tenth of the interval and 30 s.
std::chrono::milliseconds first_check_delay(std::string_view device_id, std::chrono::milliseconds interval);

}  // namespace dunlin
