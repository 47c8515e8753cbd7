#include "applier/watchdog.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_disk.h"

namespace dunlin {

TEST(Watchdog, FindsItsNameInSysfs) {
  EXPECT_EQ(watchdog_sysfs_name("/dev/watchdog"), "watchdog0");
  EXPECT_EQ(watchdog_sysfs_name("/dev/watchdog1"), "watchdog1");
}

TEST(Watchdog, ReadsWhetherItCausedTheLastReset) {
  FakeDisk disk;
  DeviceWatchdog watchdog(disk, "/dev/watchdog");
  EXPECT_FALSE(watchdog.caused_last_reset());
  disk.put("/sys/class/watchdog/watchdog0/bootstatus", "0\n");
  EXPECT_FALSE(watchdog.caused_last_reset());
  disk.put("/sys/class/watchdog/watchdog0/bootstatus", "32\n");

  EXPECT_TRUE(watchdog.caused_last_reset());
}

TEST(Watchdog, FailsToStartWithoutItsDevice) {
  FakeDisk disk;
  DeviceWatchdog watchdog(disk, "/dev/watchdog");

  EXPECT_FALSE(watchdog.start(std::chrono::seconds(60)));
}

TEST(Watchdog, LeavesADeviceThatAnotherProgramPetsToIt) {
  FakeDisk disk;
  disk.put("/dev/watchdog", "");
  disk.fail_open(1, EBUSY);
  DeviceWatchdog watchdog(disk, "/dev/watchdog");

  EXPECT_TRUE(watchdog.start(std::chrono::seconds(60)));
  watchdog.pet();
  watchdog.stop();
}

}  // namespace dunlin
