#include "swarm/cheaper_wait.h"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""s;

constexpr std::uint64_t size = 6'400'000;

struct CheaperWaitTest : testing::Test {
  SteadyTime now{1h};
  Digest delta = sha256(as_bytes("delta"));
  CheaperWait wait{{{delta, size}}};

  // What is heard for `time`, once a second.
  void hear(std::uint64_t progress, bool fetches, std::chrono::seconds time = 1s) {
    for (auto left = time; left > 0s; left -= 1s, now += 1s)
      wait.look({{content_key(delta), progress, fetches}}, now);
  }
};

TEST_F(CheaperWaitTest, NobodyIsWaitedForBeforeOneIsHeard) {
  wait.look({}, now);

  EXPECT_FALSE(wait.waits());
}

TEST_F(CheaperWaitTest, ANeighbourThatFetchesLessIsWaitedForWhileItGetsOn) {
  for (std::uint64_t step = 0; step < 64; ++step) {
    hear(step * size / 64, true, CheaperWait::patience - 1s);
    EXPECT_TRUE(wait.waits());
  }
}

TEST_F(CheaperWaitTest, ANeighbourThatHasAllIsGivenTimeToInstallIt) {
  hear(size, false, CheaperWait::patience - 1s);
  EXPECT_TRUE(wait.waits());

  hear(size, false, 2s);
  EXPECT_FALSE(wait.waits());
}

TEST_F(CheaperWaitTest, ANeighbourWhoseBytesTrickleIsNotWaitedForForEver) {
  std::uint64_t bytes = 0;
  for (; bytes < CheaperWait::patience / 1s + 1; ++bytes) hear(bytes, true);

  EXPECT_FALSE(wait.waits());
}

TEST_F(CheaperWaitTest, WhoeverGetsOnAgainIsWaitedForAgain) {
  hear(0, true, CheaperWait::patience + 1s);
  ASSERT_FALSE(wait.waits());

  hear(size / 2, true);

  EXPECT_TRUE(wait.waits());
}

TEST_F(CheaperWaitTest, WhoeverFallsSilentOrCannotFetchIsNotWaitedFor) {
  hear(size / 2, true);
  wait.look({}, now);
  EXPECT_FALSE(wait.waits());

  hear(size / 2 + size / 8, false);
  EXPECT_FALSE(wait.waits());
}

TEST_F(CheaperWaitTest, WhatIsNotCheaperDoesNotMatter) {
  wait.look({{content_key(sha256(as_bytes("full"))), size, true}}, now);

  EXPECT_FALSE(wait.waits());
}

TEST_F(CheaperWaitTest, EmptyContentIsNoTrouble) {
  CheaperWait none{{{delta, 0}}};

  none.look({{content_key(delta), 7, true}}, now);

  EXPECT_TRUE(none.waits());
}

}  // namespace
}  // namespace dunlin
