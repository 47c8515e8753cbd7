#include "core/base/reserved_region.h"

namespace dunlin {
namespace {

TEST(ReservedRegion, KeepsWhatIsOutsideOfWhatIsGivenBack) {
  ReservedRegion region(1u << 20);
  std::ranges::fill(region.bytes(), std::uint8_t{7});

  region.give_back(10'000, 500'000);

  EXPECT_EQ(region.bytes()[9'999], 7);
  EXPECT_EQ(region.bytes()[500'000], 7);
  EXPECT_EQ(region.bytes()[100'000], 0);
}

TEST(ReservedRegion, IsUsableAgainAfterGivingBack) {
  ReservedRegion region(100'000);
  region.give_back(0, 100'000);
  region.bytes()[50'000] = 3;

  EXPECT_EQ(region.bytes()[50'000], 3);
}

}  // namespace
}  // namespace dunlin
