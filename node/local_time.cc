#include "node/local_time.h"

#include <ctime>

namespace dunlin {

LocalTime to_local(WallTime time) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm parts{};
  ::tzset();  // localtime_r alone keeps the zone of its first call, also when /etc/localtime is another now
  ::localtime_r(&seconds, &parts);
  return {(parts.tm_year + 1900) * 12 + parts.tm_mon, parts.tm_hour * 60 + parts.tm_min};
}

}  // namespace dunlin
