#pragma once
#include "core/base/clock.h"

namespace dunlin {

// A moment as this device's time zone has it (TZ, /etc/localtime).
struct LocalTime {
  int month = 0;          // year * 12 + month, January is 0
  int minute_of_day = 0;  // 0 to 1439
};

LocalTime to_local(WallTime time);

}  // namespace dunlin
