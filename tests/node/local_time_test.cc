#include "node/local_time.h"

#include <cstdlib>
#include <optional>

#include "node/wan_hours.h"
#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

// The zone of this process, for the length of a test.
class Zone {
 public:
  explicit Zone(const char* name) {
    if (const char* before = std::getenv("TZ")) before_ = before;
    set(name);
  }
  ~Zone() {
    if (before_)
      set(before_->c_str());
    else
      ::unsetenv("TZ");
  }
  Zone(const Zone&) = delete;
  Zone& operator=(const Zone&) = delete;
  void set(const char* name) { ::setenv("TZ", name, 1); }

 private:
  std::optional<std::string> before_;
};

constexpr const char* central_europe = "CET-1CEST,M3.5.0,M10.5.0/3";
constexpr WallTime spring{std::chrono::seconds(1'774'746'000)};  // 2026-03-29 01:00 UTC: 02:00 becomes 03:00
constexpr WallTime autumn{std::chrono::seconds(1'792'890'000)};  // 2026-10-25 01:00 UTC: 03:00 becomes 02:00

int minute(WallTime time) {
  return to_local(time).minute_of_day;
}

TEST(LocalTime, AChangeOfTheZoneHoldsAtOnce) {
  Zone zone("UTC0");
  EXPECT_EQ(minute(WallTime{}), 0);

  zone.set("IST-5:30");
  EXPECT_EQ(minute(WallTime{}), 330);

  zone.set("EST5");
  EXPECT_EQ(minute(WallTime{}), 19 * 60);
  EXPECT_EQ(to_local(WallTime{}).month, 1969 * 12 + 11);
}

TEST(LocalTime, HoursAreThoseOfTheClockOnTheWallWhenItIsSetForward) {
  const Zone zone(central_europe);
  const WanHours hours({{90, 210}});  // 01:30 to 03:30

  EXPECT_FALSE(hours.is_open(minute(spring - std::chrono::minutes(31))));
  EXPECT_TRUE(hours.is_open(minute(spring - std::chrono::minutes(30))));
  EXPECT_TRUE(hours.is_open(minute(spring + std::chrono::minutes(29))));
  EXPECT_FALSE(hours.is_open(minute(spring + std::chrono::minutes(30))));
}

TEST(LocalTime, AnHourThatComesTwiceIsOpenTwice) {
  const Zone zone(central_europe);
  const WanHours hours({{120, 180}});  // 02:00 to 03:00

  EXPECT_FALSE(hours.is_open(minute(autumn - std::chrono::minutes(61))));
  for (int ahead = -60; ahead < 60; ++ahead)
    EXPECT_TRUE(hours.is_open(minute(autumn + std::chrono::minutes(ahead)))) << ahead;
  EXPECT_FALSE(hours.is_open(minute(autumn + std::chrono::minutes(60))));
}

TEST(LocalTime, HoursOverMidnightAreOpenInTwoMonths) {
  const Zone zone("UTC0");
  const WanHours hours({{1'320, 360}});
  const WallTime midnight{std::chrono::seconds(1'780'272'000)};  // 2026-06-01 00:00 UTC

  for (int ahead = -120; ahead < 360; ++ahead)
    EXPECT_TRUE(hours.is_open(minute(midnight + std::chrono::minutes(ahead)))) << ahead;
  EXPECT_FALSE(hours.is_open(minute(midnight - std::chrono::minutes(121))));
  EXPECT_FALSE(hours.is_open(minute(midnight + std::chrono::minutes(360))));
  EXPECT_EQ(to_local(midnight).month, to_local(midnight - std::chrono::minutes(1)).month + 1);
}

}  // namespace
}  // namespace dunlin
