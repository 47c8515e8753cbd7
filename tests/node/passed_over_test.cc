#include "node/passed_over.h"

#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;

TEST(PassedOver, WhoeverLiedIsNotAskedForTenMinutes) {
  PassedOver passed;
  const SteadyTime now{100s};

  passed.lied("10.0.0.1", now);

  EXPECT_TRUE(passed.contains("10.0.0.1", now + 10min - 1ms));
  EXPECT_FALSE(passed.contains("10.0.0.1", now + 10min));
  EXPECT_FALSE(passed.contains("10.0.0.2", now));
}

TEST(PassedOver, WhoeverDoesNotAnswerIsAskedTwiceAsLateEachTime) {
  PassedOver passed;
  const SteadyTime now{100s};
  for (const auto expected : {5s, 10s, 20s, 40s, 80s, 160s, 320s, 600s, 600s, 600s}) {
    passed.failed("a", now);
    EXPECT_TRUE(passed.contains("a", now + expected - 1ms)) << expected.count();
    EXPECT_FALSE(passed.contains("a", now + expected)) << expected.count();
  }
}

TEST(PassedOver, WhoeverServedWellStartsAnew) {
  PassedOver passed;
  const SteadyTime now{100s};
  passed.failed("a", now);
  passed.failed("a", now);

  passed.served("a");
  EXPECT_FALSE(passed.contains("a", now));
  passed.failed("a", now);

  EXPECT_FALSE(passed.contains("a", now + 5s));
}

TEST(PassedOver, RemembersTheLatestOfManyAddresses) {
  PassedOver passed;
  for (int i = 0; i < 1'000; ++i) passed.lied(std::to_string(i), SteadyTime(std::chrono::seconds(i)));

  EXPECT_TRUE(passed.contains("999", SteadyTime(1'000s)));
  EXPECT_FALSE(passed.contains("700", SteadyTime(1'000s)));
}

}  // namespace
}  // namespace dunlin
