#include "core/trust/tuf_time.h"

#include <gtest/gtest.h>

namespace dunlin {

TEST(TufTime, ReadsAndWritesTheOneForm) {
  for (const char* text : {"1970-01-01T00:00:00Z", "2000-02-29T23:59:59Z", "2038-01-19T03:14:08Z",
                           "9999-12-31T23:59:59Z", "0000-01-01T00:00:00Z"}) {
    auto time = parse_tuf_time(text);
    ASSERT_TRUE(time.has_value()) << text;
    EXPECT_EQ(format_tuf_time(*time), text);
  }
  EXPECT_EQ(parse_tuf_time("2026-01-01T00:00:00Z")->time_since_epoch(), std::chrono::seconds(1'767'225'600));
}

TEST(TufTime, RefusesOtherFormsAndDaysThatDoNotExist) {
  for (const char* text :
       {"", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00:00:00z", "2026-01-01 00:00:00Z",
        "2026-1-01T00:00:00Z", "2026-01-01T00:00:00.0Z", "2026-01-01T00:00:00+00:00", "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", " 2026-01-01T00:00:00Z", "-026-01-01T00:00:00Z"})
    EXPECT_FALSE(parse_tuf_time(text).has_value()) << text;
}

TEST(TufTime, HoldsAbsurdTimesToItsRange) {
  EXPECT_EQ(format_tuf_time(WallTime::max()), "9999-12-31T23:59:59Z");
  EXPECT_EQ(format_tuf_time(WallTime::min()), "0000-01-01T00:00:00Z");
}

}  // namespace dunlin
