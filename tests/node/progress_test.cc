#include "node/progress.h"

#include "node/backoff.h"
#include "node/space_check.h"
#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

ProgressInput fetching() {
  ProgressInput input;
  input.phase = Phase::fetching;
  input.pack_size = 1'000;
  input.image_size = 4'000;
  return input;
}

TEST(Progress, StartsAtZeroAndEndsAtNinetyFiveWhenAllIsWritten) {
  ProgressInput input = fetching();
  EXPECT_EQ(compute_progress(input).percent, 0);

  input.pack_verified = 1'000;
  input.image_written = 4'000;
  EXPECT_EQ(compute_progress(input).percent, 95);
}

TEST(Progress, NeverFallsWhileBytesArriveAndAreWritten) {
  int last = 0;
  for (std::uint64_t step = 0; step <= 1'000; ++step) {
    ProgressInput input = fetching();
    input.pack_verified = step;
    input.image_written = step * 4;
    const int percent = compute_progress(input).percent;
    EXPECT_GE(percent, last);
    last = percent;
  }
}

TEST(Progress, ReachesAHundredOnlyWhenTheReleaseIsArmed) {
  ProgressInput input = fetching();
  input.phase = Phase::verifying;
  input.read_back = 4'000;
  EXPECT_EQ(compute_progress(input).percent, 99);

  input.phase = Phase::staged;
  EXPECT_EQ(compute_progress(input).percent, 100);
}

TEST(Progress, KnowsNoTimeLeftWithoutARate) {
  EXPECT_FALSE(compute_progress(fetching()).seconds_left);
}

TEST(Progress, DividesMissingBytesByTheRate) {
  ProgressInput input = fetching();
  input.pack_verified = 400;
  input.rate = 100;

  EXPECT_EQ(compute_progress(input).seconds_left, 6U);
}

TEST(Progress, CopesWithSizesBeyondFourGibibytesAndWithNone) {
  ProgressInput input = fetching();
  input.pack_size = std::uint64_t{1} << 62;
  input.pack_verified = std::uint64_t{1} << 61;
  input.image_size = 0;
  EXPECT_EQ(compute_progress(input).percent, 23);
}

TEST(RetryDelay, GrowsFromSecondsToFiveMinutesAndStaysThere) {
  SeededRandom random(1);
  EXPECT_LE(retry_delay(1, random), std::chrono::milliseconds(2'500));
  EXPECT_GE(retry_delay(1, random), std::chrono::milliseconds(1'500));
  for (int failures = 10; failures < 1'000; failures += 37) {
    EXPECT_LE(retry_delay(failures, random), retry_delay_max);
    EXPECT_GE(retry_delay(failures, random), std::chrono::milliseconds(225'000));
  }
}

TEST(CheckDelay, IsSpreadAroundTheInterval) {
  SeededRandom random(1);
  std::set<std::int64_t> seen;
  for (int i = 0; i < 100; ++i) {
    const auto delay = check_delay(std::chrono::seconds(300), random);
    EXPECT_GE(delay, std::chrono::seconds(270));
    EXPECT_LE(delay, std::chrono::seconds(330));
    seen.insert(delay.count());
  }
  EXPECT_GT(seen.size(), 50U);
}

TEST(FirstCheckDelay, DiffersBetweenDevicesAndIsTheSameForOne) {
  const auto interval = std::chrono::seconds(300);
  EXPECT_EQ(first_check_delay("dev-1", interval), first_check_delay("dev-1", interval));
  EXPECT_NE(first_check_delay("dev-1", interval), first_check_delay("dev-2", interval));
  EXPECT_LE(first_check_delay("dev-1", interval), std::chrono::seconds(30));
}

TEST(CheckSpace, SaysHowManyBytesToFree) {
  const RepositoryFile pack{"packs/p", 5'000, {}};
  const RepositoryFile torrent{"torrents/t", 100, {}};
  EXPECT_TRUE(check_space(pack, torrent, 1u << 30, "/data"));

  Result<void> space = check_space(pack, torrent, 1'000, "/data");

  ASSERT_FALSE(space);
  EXPECT_EQ(space.error().kind, ErrorKind::device);
  EXPECT_THAT(space.error().message, testing::HasSubstr("/data is too full: 1000 bytes are free"));
}

}  // namespace
}  // namespace dunlin
