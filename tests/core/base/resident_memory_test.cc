#include "core/base/resident_memory.h"

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace dunlin {
namespace {

std::size_t resident_pages() {
  std::ifstream statm("/proc/self/statm");
  std::size_t size = 0;
  std::size_t resident = 0;
  statm >> size >> resident;
  return resident;
}

TEST(ResidentMemory, ShrinksAndTheProgramGoesOn) {
  const std::size_t before = resident_pages();

  give_back_memory();
  const std::size_t after = resident_pages();

  EXPECT_LT(after, before);
  EXPECT_EQ(std::string("still ") + "here", "still here");
  EXPECT_GT(resident_pages(), 0u);
}

TEST(ResidentMemory, NothingThatWasWrittenIsLost) {
  static std::vector<int> kept = {1, 2, 3};
  const auto on_heap = std::make_unique<std::vector<int>>(100'000, 7);

  give_back_memory();

  EXPECT_EQ(kept, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(*on_heap, std::vector<int>(100'000, 7));
}

}  // namespace
}  // namespace dunlin
