#include "applier/floor.h"

#include <gtest/gtest.h>

namespace dunlin {

TEST(Floor, IsTheHigherOfTheVersionFloorAndTheDataFloor) {
  const auto floor = [](const std::string& version, const std::string& data) {
    Manifest manifest;
    manifest.version_floor = version;
    manifest.data_floor = data;
    return floor_of(manifest);
  };

  EXPECT_EQ(floor("", ""), "");
  EXPECT_EQ(floor("1.9", ""), "1.9");
  EXPECT_EQ(floor("", "1.9"), "1.9");
  EXPECT_EQ(floor("1.9", "1.10"), "1.10");
  EXPECT_EQ(floor("1.10", "1.9"), "1.10");
}

TEST(Floor, WhatIsNotKnownIsBelowEveryFloorAndNothingIsBelowNone) {
  EXPECT_TRUE(is_below_floor("1.9", "1.10"));
  EXPECT_FALSE(is_below_floor("1.10", "1.10"));
  EXPECT_TRUE(is_below_floor("1.10~rc1", "1.10"));
  EXPECT_TRUE(is_below_floor("", "1.10"));
  EXPECT_FALSE(is_below_floor("", ""));
  EXPECT_FALSE(is_below_floor("0", ""));
}

}  // namespace dunlin
