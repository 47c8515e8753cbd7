#include "applier/system_sight.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_disk.h"

namespace dunlin {

namespace {

const std::string route_head =
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";

}  // namespace

TEST(SystemSight, SeesAWayToEverywhereInEitherTable) {
  EXPECT_FALSE(has_default_route("", ""));
  EXPECT_FALSE(has_default_route(route_head, ""));
  EXPECT_FALSE(
      has_default_route(route_head + "eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n", ""));
  EXPECT_TRUE(
      has_default_route(route_head + "eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n", ""));
  EXPECT_FALSE(
      has_default_route(route_head + "*\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0\n", ""))
      << "unreachable default";

  const std::string zeros(32, '0');
  const std::string v6 = zeros + " 00 " + zeros +
                         " 00 fe800000000000000000000000000001 00000400 00000001 "
                         "00000000 ";
  EXPECT_TRUE(has_default_route("", v6 + "00000003     eth0\n"));
  EXPECT_FALSE(has_default_route("", v6 + "00200200       lo\n")) << "the kernel's own rejection";
  EXPECT_FALSE(has_default_route("x y\n\n\t", "z"));
}

TEST(SystemSight, ReadsTheNamesOfFailedUnits) {
  EXPECT_EQ(failed_units("a.service loaded failed failed The A\nb.mount loaded failed failed B\n\n"),
            (std::set<std::string>{"a.service", "b.mount"}));
  EXPECT_TRUE(failed_units("").empty());
}

TEST(SystemSight, TheRootIsWhatWasMountedThereLast) {
  const std::string mounts =
      "22 1 0:21 / / rw - rootfs rootfs rw\n"
      "24 22 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw\n"
      "25 24 8:3 / /home rw,relatime shared:2 - ext4 /dev/sda3 rw\n";

  EXPECT_EQ(root_device(mounts), "8:2");
  EXPECT_EQ(root_device("nothing"), "");
}

TEST(SystemSight, SaysNothingOfARootThatIsOnNoSlotsDevice) {
  FakeDisk disk;
  disk.put("/proc/self/mountinfo", "24 22 250:7 / / rw - ext4 /dev/mapper/root rw\n");
  disk.put("/sys/dev/block/250:7/slaves/sda2/dev", "8:2\n");

  EXPECT_EQ(root_in_other_slot(disk, {{"a", "/dev/null"}, {"b", "/slot-b"}}, "b"), "");
}

}  // namespace dunlin
