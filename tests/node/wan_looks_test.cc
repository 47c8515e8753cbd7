#include "node/wan_looks.h"

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/temporary_folder.h"
#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""h;

struct WanLooksTest : testing::Test {
  NodeStore open() {
    std::string damage;
    return std::move(*NodeStore::open(disk, folder.path() + "/node.db", &damage));
  }
  WanLooks looks() { return WanLooks(store, clock, "dev-1", 300s); }

  PosixDisk disk;
  TemporaryFolder folder;
  FakeClock clock;
  NodeStore store = open();
};

TEST_F(WanLooksTest, AreDueAfterTenCheckIntervalsAtTheLatest) {
  looks().note(clock.steady());

  clock.advance(2'200s);
  EXPECT_FALSE(looks().is_due());
  clock.advance(800s);
  EXPECT_TRUE(looks().is_due());
}

TEST_F(WanLooksTest, AreDueAfterADayHoweverSeldomADeviceChecks) {
  WanLooks seldom(store, clock, "dev-1", std::chrono::seconds(7 * 86'400));
  seldom.note(clock.steady());

  clock.advance(24h);

  EXPECT_TRUE(seldom.is_due());
}

TEST_F(WanLooksTest, OfADeviceThatNeverLookedCountFromItsFirstStart) {
  EXPECT_FALSE(looks().is_due());

  clock.advance(1'500s);
  EXPECT_FALSE(looks().is_due()) << "switched off and on again";
  clock.advance(1'500s);
  EXPECT_TRUE(looks().is_due());
}

TEST_F(WanLooksTest, AreDueWhenTheClockWasSetBack) {
  looks().note(clock.steady());

  clock.set_wall(clock.now() - 1h);

  EXPECT_TRUE(looks().is_due());
}

TEST_F(WanLooksTest, OfThisRunAreKnownByTheSteadyClock) {
  WanLooks looks = this->looks();
  EXPECT_EQ(looks.last(), std::nullopt);

  looks.note(clock.steady());

  EXPECT_EQ(looks.last(), clock.steady());
}

}  // namespace
}  // namespace dunlin
