#include "swarm/http_retry_after.h"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

using std::chrono_literals::operator""s;

// Sun, 06 Nov 1994 08:49:37 GMT
const WallTime now{784111777s};

std::optional<std::chrono::seconds> asked(const std::string& header, int status = 503) {
  return retry_after(HttpResponse{status, {{"retry-after", header}}, {}}, now);
}

TEST(HttpRetryAfter, KnowsSecondsAndDates) {
  EXPECT_EQ(asked("17"), 17s);
  EXPECT_EQ(asked("0"), 0s);
  EXPECT_EQ(asked("Sun, 06 Nov 1994 08:50:37 GMT"), 60s);
}

TEST(HttpRetryAfter, NeverWaitsLongerThanAnHourOrIntoThePast) {
  EXPECT_EQ(asked("4000000000"), 3600s);
  EXPECT_EQ(asked("99999999999999999999"), 3600s);
  EXPECT_EQ(asked("Sun, 06 Nov 2094 08:49:37 GMT"), 3600s);
  EXPECT_EQ(asked("Sun, 06 Nov 1984 08:49:37 GMT"), 0s);
}

TEST(HttpRetryAfter, IgnoresNonsenseAndOtherAnswers) {
  for (const char* text :
       {"", "soon", "-3", "1.5", "3 s", "Sun, 06 Nov 1994", "Sun, 06 Nov 1994 08:49:37 GMT!"})
    EXPECT_EQ(asked(text), std::nullopt) << text;
  EXPECT_EQ(asked("17", 404), std::nullopt);
  EXPECT_EQ(asked("17", 429), 17s);
  EXPECT_EQ(retry_after(HttpResponse{503, {}, {}}, now), std::nullopt);
}

}  // namespace
}  // namespace dunlin
