#include "seeder/timestamp_renewal.h"

#include <gtest/gtest.h>

#include "seeder/seeder_lock.h"
#include "tests/fakes/temporary_folder.h"
#include "tests/seeder/publisher_world.h"

namespace dunlin {
namespace {

class TimestampRenewal : public testing::Test {
 protected:
  TimestampRenewal() { EXPECT_TRUE(world.publish("1.0", make_image(1, 5'000))); }

  Result<WallTime> renew() {
    NoPassphrases nobody;
    Result<RenewalReport> report = renew_if_due(world.paths, world.config, world.disk, world.clock, nobody);
    if (!report) return fail(std::move(report.error()));
    return report->next;
  }
  std::int64_t timestamp_version() { return world.trusted()->versions().timestamp; }

  PublisherWorld world;
};

TEST_F(TimestampRenewal, WaitsUntilHalfOfTheLifeIsOver) {
  const std::int64_t version = timestamp_version();
  const WallTime start = world.clock.now();

  EXPECT_EQ(renew().value(), start + world.config.lifetimes.timestamp / 2);
  EXPECT_EQ(timestamp_version(), version);
}

TEST_F(TimestampRenewal, KeepsTheRepositoryTrustedForAsLongAsTheReleaseIsSigned) {
  const WallTime end = world.clock.now() + world.config.lifetimes.targets - std::chrono::hours(1);
  while (world.clock.now() < end) {
    const Result<WallTime> next = renew();
    ASSERT_TRUE(next) << next.error().message;
    ASSERT_EQ(world.newest_version(), "1.0");
    world.clock.advance(std::min(*next, end) - world.clock.now());
  }
  EXPECT_EQ(world.newest_version(), "1.0");
}

TEST_F(TimestampRenewal, RevivesARepositoryWhoseSeederWasDownTooLong) {
  world.clock.advance(world.config.lifetimes.snapshot + std::chrono::hours(1));
  ASSERT_NE(world.newest_version(), "1.0");

  ASSERT_TRUE(renew());

  EXPECT_EQ(world.newest_version(), "1.0");
}

TEST_F(TimestampRenewal, AFullDiskKeepsTheOldTimestamp) {
  world.clock.advance(world.config.lifetimes.timestamp / 2 + std::chrono::hours(1));
  world.disk.fail_write(1, ENOSPC);

  EXPECT_FALSE(renew());

  EXPECT_EQ(world.newest_version(), "1.0");
}

TEST(SeederLock, IsHeldByOneAtATime) {
  TemporaryFolder folder;
  PosixDisk disk;
  {
    const Result<SeederLock> first = SeederLock::take(disk, folder / "lock");
    ASSERT_TRUE(first);
    EXPECT_EQ(SeederLock::take(disk, folder / "lock").error().kind, ErrorKind::retry_later);
  }
  EXPECT_TRUE(SeederLock::take(disk, folder / "lock"));
}

TEST(FleetStore, KeepsCountersInItsFile) {
  TemporaryFolder folder;
  {
    FleetStore store = FleetStore::open(folder / "seeder.db").value();
    EXPECT_EQ(store.counter("https_bytes").value(), 0u);
    EXPECT_TRUE(store.set_counter("https_bytes", 5));
    EXPECT_TRUE(store.set_counter("https_bytes", 5'000'000'000));
  }
  EXPECT_EQ(FleetStore::open(folder / "seeder.db")->counter("https_bytes").value(), 5'000'000'000u);
}

}  // namespace
}  // namespace dunlin
