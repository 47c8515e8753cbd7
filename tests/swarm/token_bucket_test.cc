#include "swarm/token_bucket.h"

#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr SteadyTime start{1'000s};

// How many bytes come through in `limit` when each portion is waited for.
std::uint64_t flow(TokenBucket& bucket, std::uint64_t portion, std::chrono::milliseconds limit) {
  std::uint64_t bytes = 0;
  for (SteadyTime now = start; now < start + limit;) {
    bytes += portion;
    now += std::max(bucket.take(portion, now), 1ms);
  }
  return bytes;
}

TEST(TokenBucket, WithoutALimitNobodyWaits) {
  TokenBucket bucket(0);

  EXPECT_EQ(bucket.take(1u << 30, start), 0ms);
}

TEST(TokenBucket, TheFlowIsTheRateWhateverThePortions) {
  for (const std::uint64_t rate : {7'000u, 100'000u, 1'000'000u}) {
    for (const std::uint64_t portion : {1'024u, 16'384u}) {
      TokenBucket bucket(rate);

      const std::uint64_t bytes = flow(bucket, portion, 60s);

      EXPECT_LE(bytes, rate * 60 + rate / 4 + portion);
      EXPECT_GE(bytes, rate * 59);
    }
  }
}

TEST(TokenBucket, SeveralFlowsShareTheRate) {
  TokenBucket bucket(100'000);

  EXPECT_EQ(bucket.take(50'000, start), 250ms);
  EXPECT_EQ(bucket.take(50'000, start), 750ms);
}

TEST(TokenBucket, APauseIsNotSavedUp) {
  TokenBucket bucket(100'000);
  bucket.take(100'000, start);

  EXPECT_EQ(bucket.take(100'000, start + 3'600s), 750ms);
}

TEST(TokenBucket, PortionsAreAQuarterOfASecond) {
  EXPECT_EQ(TokenBucket(0).portion(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(TokenBucket(7'000).portion(), 1'750u);
  EXPECT_EQ(TokenBucket(10).portion(), 256u);
  EXPECT_EQ(TokenBucket(100'000'000).portion(), 25'000'000u);
}

}  // namespace
}  // namespace dunlin
