#include <gtest/gtest.h>

#include "seeder/fleet_store.h"
#include "tests/fakes/temporary_folder.h"

namespace dunlin {
namespace {

TEST(SeederEvents, AreKeptNewestFirstAndNotForEver) {
  const TemporaryFolder folder;
  Result<FleetStore> store = FleetStore::open(folder.path() + "/seeder.db");
  ASSERT_TRUE(store) << store.error().message;
  for (int i = 0; i < 1'005; ++i)
    ASSERT_TRUE(store->add_event({WallTime(std::chrono::seconds(i)), "renewed", std::to_string(i)}));

  const Result<std::vector<SeederEvent>> events = store->events(2'000);

  ASSERT_TRUE(events) << events.error().message;
  ASSERT_EQ(events->size(), 1'000U);
  EXPECT_EQ(events->front().text, "1004");
  EXPECT_EQ(events->front().time, WallTime(std::chrono::seconds(1'004)));
  EXPECT_EQ(events->back().text, "5");
  EXPECT_EQ(store->events(3)->size(), 3U);
}

}  // namespace
}  // namespace dunlin
