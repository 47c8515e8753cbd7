#include "core/base/random.h"

#include <array>

#include <gtest/gtest.h>

namespace dunlin {

TEST(Random, ASeedAlwaysGivesTheSameBytes) {
  Bytes one(100), two(100), other(100);
  SeededRandom(7).fill(one);
  SeededRandom(7).fill(two);
  SeededRandom(8).fill(other);

  EXPECT_EQ(one, two);
  EXPECT_NE(one, other);
}

TEST(Random, BelowStaysBelowAndReachesEveryValue) {
  SeededRandom random(1);
  std::array<int, 10> seen{};
  for (int i = 0; i < 10'000; ++i) ++seen.at(static_cast<std::size_t>(random.below(10)));

  for (int count : seen) EXPECT_NEAR(count, 1000, 200);
  EXPECT_EQ(random.below(1), 0u);
  EXPECT_LT(random.below(~std::uint64_t{0}), ~std::uint64_t{0});
}

TEST(Random, TheSystemsBytesDiffer) {
  SystemRandom random;
  Bytes one(32), two(32);
  random.fill(one);
  random.fill(two);

  EXPECT_NE(one, two);
  random.fill({});
}

}  // namespace dunlin
