#include "node/starved_images.h"

#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

using std::chrono_literals::operator""ms;

TEST(StarvedImages, AreLeftAloneForTenMinutes) {
  const Digest image = sha256(as_bytes("image"));
  const SteadyTime now{1'000ms};
  StarvedImages starved;
  starved.add(image, now);

  EXPECT_EQ(starved.list(now + StarvedImages::left_alone - 1ms), std::vector<Digest>{image});
  EXPECT_TRUE(starved.list(now + StarvedImages::left_alone).empty());
}

TEST(StarvedImages, AreLeftAloneAnewWhenTheyComeToNothingAgain) {
  const Digest image = sha256(as_bytes("image"));
  const SteadyTime now{1'000ms};
  StarvedImages starved;
  starved.add(image, now);
  starved.add(image, now + StarvedImages::left_alone);

  EXPECT_EQ(starved.list(now + StarvedImages::left_alone + 1ms), std::vector<Digest>{image});
}

}  // namespace
}  // namespace dunlin
