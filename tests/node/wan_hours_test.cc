#include "node/wan_hours.h"

#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

WanHours hours(std::vector<std::string> texts) {
  std::vector<DayRange> ranges;
  for (const std::string& each : texts) ranges.push_back(parse_day_range(each).value());
  return WanHours(std::move(ranges));
}

TEST(WanHours, WithoutAnyTheyAreAlways) {
  for (int minute = 0; minute < 1'440; ++minute) EXPECT_TRUE(WanHours().is_open(minute));
}

TEST(WanHours, EveryMinuteOfARangeIsInsideAndNoOther) {
  for (int minute = 0; minute < 1'440; ++minute)
    EXPECT_EQ(hours({"01:30-05:00"}).is_open(minute), minute >= 90 && minute < 300) << minute;
}

TEST(WanHours, ARangeMayGoOverMidnight) {
  for (int minute = 0; minute < 1'440; ++minute)
    EXPECT_EQ(hours({"22:00-06:00"}).is_open(minute), minute >= 1'320 || minute < 360) << minute;
}

TEST(WanHours, RangesAddUp) {
  const WanHours both = hours({"01:00-02:00", "12:00-13:00"});

  EXPECT_TRUE(both.is_open(61));
  EXPECT_TRUE(both.is_open(750));
  EXPECT_FALSE(both.is_open(600));
}

TEST(WanHours, WholeDaysAreWhole) {
  for (int minute = 0; minute < 1'440; ++minute) {
    EXPECT_TRUE(hours({"00:00-24:00"}).is_open(minute));
    EXPECT_TRUE(hours({"08:00-08:00"}).is_open(minute));
  }
}

TEST(WanHours, SayWhenTheyBegin) {
  EXPECT_EQ(hours({"22:00-06:00"}).next_opening(600), "22:00");
  EXPECT_EQ(hours({"22:00-06:00", "12:15-13:00"}).next_opening(600), "12:15");
  EXPECT_EQ(hours({"01:05-02:00"}).next_opening(600), "01:05");
  EXPECT_EQ(hours({"01:05-02:00"}).next_opening(70), "");
}

TEST(WanHours, OnlyTimesOfDayAreRead) {
  for (const char* text : {"", "-", "22:00", "22:00-", "22-06", "24:00-06:00", "22:60-06:00", "2:00-06:00",
                           "22:00-24:01", "22:00-06:00 ", "aa:bb-cc:dd", "22:00_06:00", "-1:00-06:00"})
    EXPECT_FALSE(parse_day_range(text)) << text;
  EXPECT_EQ(*parse_day_range("22:00-24:00"), (DayRange{1'320, 1'440}));
}

}  // namespace
}  // namespace dunlin
