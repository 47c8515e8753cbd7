// Devices that hear each other perfectly and move when they may.
#include "swarm/lan_slots.h"

#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

using std::chrono_literals::operator""s;

struct SlotSite {
  struct Device {
    LanTaker taker;
    LanSlots slots;
    bool works = true;
    bool takes = false;
    std::uint64_t needs = 100;
    bool done() const { return taker.progress >= needs; }
  };

  SlotSite(int count, std::size_t limit) {
    for (int i = 0; i < count; ++i) {
      const auto number = static_cast<std::uint64_t>(i);
      devices.push_back(
          {{"dev-" + std::string(1, static_cast<char>('a' + i)), number + 1, 0, true}, LanSlots(limit)});
    }
  }

  void run(int seconds) {
    for (int i = 0; i < seconds; ++i, now += 1s) {
      for (Device& device : devices) {
        std::vector<LanTaker> others;
        for (const Device& other : devices) {
          if (&other != &device && !other.done()) others.push_back(other.taker);
        }
        if (device.done()) {
          device.slots.watch(others, now);
          continue;
        }
        device.takes = device.slots.may_take(device.taker, others, now);
        if (device.takes && device.works) ++device.taker.progress;
      }
      const auto taking = std::count_if(devices.begin(), devices.end(), [](const Device& each) {
        return !each.done() && each.takes && each.works;
      });
      most = std::max(most, static_cast<int>(taking));
    }
  }
  int finished() const {
    return static_cast<int>(
        std::count_if(devices.begin(), devices.end(), [](const Device& each) { return each.done(); }));
  }

  std::vector<Device> devices;
  SteadyTime now{1'000s};
  int most = 0;
};

TEST(LanSlots, WithoutALimitEverybodyTakes) {
  SlotSite site(8, 0);

  site.run(100);

  EXPECT_EQ(site.finished(), 8);
}

TEST(LanSlots, NeverMoreThanTheLimitTakeAtATime) {
  for (const std::size_t limit : {1u, 2u, 5u}) {
    SlotSite site(8, limit);

    site.run(2'000);

    EXPECT_EQ(site.most, static_cast<int>(limit));
    EXPECT_EQ(site.finished(), 8);
  }
}

TEST(LanSlots, NoSlotStaysUnusedForLong) {
  SlotSite site(8, 2);

  site.run(4 * 100 + 4 * 10);

  EXPECT_EQ(site.finished(), 8);
}

TEST(LanSlots, BrokenDevicesHoldNobodyUp) {
  SlotSite site(8, 2);
  for (std::size_t i = 0; i < 3; ++i) site.devices[i].works = false;

  site.run(2'000);

  EXPECT_EQ(site.finished(), 5);
}

TEST(LanSlots, ADeviceThatIsMendedGetsItsTurn) {
  SlotSite site(4, 1);
  site.devices[0].works = false;
  site.run(60);

  site.devices[0].works = true;
  site.run(1'000);

  EXPECT_EQ(site.finished(), 4);
}

TEST(LanSlots, WhoComesNewTakesNoSlotOfOneThatMoves) {
  SlotSite site(4, 1);
  site.devices[0].taker.progress = site.devices[0].needs;  // is not there yet
  site.run(5);
  ASSERT_TRUE(site.devices[1].takes);

  site.devices[0].taker.progress = 0;
  for (int i = 0; i < 50; ++i) {
    site.run(1);
    ASSERT_FALSE(site.devices[0].takes);
  }
  site.run(1'000);

  EXPECT_EQ(site.most, 1);
  EXPECT_EQ(site.finished(), 4);
}

TEST(LanSlots, ALoneDeviceTakesAfterAMoment) {
  LanSlots slots(1);
  for (int i = 2; i < 100; ++i)
    EXPECT_EQ(slots.may_take({"a", 1, 5, true}, {}, SteadyTime(1'000s) + i * 1s), i >= 4) << i;
}

// A beacon takes a moment: at first nobody knows that others begin too.
TEST(LanSlots, WhoBeginsHearsFirstWhoElseDoes) {
  std::vector<LanTaker> all;
  for (const char* id : {"a", "b", "c", "d"}) all.push_back({id, all.size() + 1, 0, true});
  std::vector<LanSlots> slots(all.size(), LanSlots(2));
  SteadyTime now{1'000s};
  for (int updates = 0; updates < 2; ++updates) {
    for (int i = 0; i < 5; ++i, now += 1s) {
      std::size_t taking = 0;
      for (std::size_t self = 0; self < all.size(); ++self) {
        std::vector<LanTaker> heard = i == 0 ? std::vector<LanTaker>() : all;
        std::erase_if(heard, [&](const LanTaker& each) { return each.instance == all[self].instance; });
        taking += slots[self].may_take(all[self], heard, now) ? 1 : 0;
      }
      EXPECT_LE(taking, 2u);
    }
    for (LanSlots& each : slots) each.watch({}, now);
  }
}

}  // namespace
}  // namespace dunlin
