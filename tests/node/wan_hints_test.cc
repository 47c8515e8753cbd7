#include "node/wan_hints.h"

#include "tests/fakes/fake_disk.h"
#include "tests/fakes/fake_process_runner.h"
#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

struct WanHintsTest : testing::Test {
  void put(const std::string& path, const std::string& text) {
    ASSERT_TRUE(disk.create_directories(path.substr(0, path.rfind('/'))));
    disk.put(path, Bytes(text.begin(), text.end()));
  }

  WanHints read() { return reader.read(now); }

  SteadyTime now{std::chrono::seconds(1'000)};
  FakeDisk disk;
  FakeProcessRunner processes;
  HintReader reader{disk, processes, {"/hints", "/power"}};
};

TEST_F(WanHintsTest, NothingIsKnownOnAMachineWithoutAnyOfIt) {
  EXPECT_EQ(read(), WanHints());
}

TEST_F(WanHintsTest, HintFilesSayYesAndNo) {
  put("/hints/metered", "");
  put("/hints/battery", "yes\n");
  EXPECT_EQ(read(), (WanHints{true, true}));

  put("/hints/metered", "no\n");
  put("/hints/battery", "0");
  EXPECT_EQ(read(), WanHints());
}

TEST_F(WanHintsTest, NetworkManagerIsAskedWhereNoFileSaysIt) {
  processes.add("busctl", 0, "u 1\n");
  EXPECT_TRUE(read().metered);

  put("/hints/metered", "no");
  EXPECT_FALSE(read().metered);
  EXPECT_EQ(processes.times("busctl"), 1);
}

TEST_F(WanHintsTest, ANetworkManagerThatIsNotThereYetIsAskedAgain) {
  processes.add("busctl", 1, "Call failed: The name is not activatable");
  EXPECT_FALSE(read().metered);

  processes.add("busctl", 0, "u 3\n");
  EXPECT_FALSE(read().metered);
  now += std::chrono::seconds(30);
  EXPECT_TRUE(read().metered);
}

TEST_F(WanHintsTest, NetworkManagerIsAskedTwiceAMinuteAtMost) {
  processes.add("busctl", 0, "u 1\n");
  for (int i = 0; i < 12; ++i, now += std::chrono::seconds(5)) EXPECT_TRUE(read().metered);

  EXPECT_EQ(processes.times("busctl"), 2);
}

TEST_F(WanHintsTest, WithoutBusctlNobodyIsAskedTwice) {
  read();
  now += std::chrono::hours(1);
  read();

  EXPECT_EQ(processes.times("busctl"), 1);
}

TEST_F(WanHintsTest, ABatteryThatDischargesIsABattery) {
  put("/power/AC/online", "0\n");
  put("/power/BAT0/status", "Charging\n");
  EXPECT_FALSE(read().on_battery);

  put("/power/BAT0/status", "Discharging\n");
  EXPECT_TRUE(read().on_battery);
}

TEST_F(WanHintsTest, AMouseIsNotTheDevice) {
  put("/power/hid-mouse/status", "Discharging\n");
  put("/power/hid-mouse/scope", "Device\n");

  EXPECT_FALSE(read().on_battery);
}

TEST(WanHints, UnknownWordsAreNoHints) {
  EXPECT_EQ(parse_hint("maybe"), std::nullopt);
  EXPECT_EQ(parse_metered("u 0"), std::nullopt);
  EXPECT_EQ(parse_metered(""), std::nullopt);
  EXPECT_EQ(parse_metered("u 2"), false);
  EXPECT_EQ(parse_metered("u 4"), false);
}

}  // namespace
}  // namespace dunlin
