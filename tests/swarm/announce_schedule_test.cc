#include "swarm/announce_schedule.h"

namespace dunlin {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using Torrents = std::vector<std::uint32_t>;

struct AnnounceScheduleTest : testing::Test {
  AnnounceSchedule schedule;
  SteadyTime now{1h};
};

TEST_F(AnnounceScheduleTest, ANewTorrentIsDueAtOnce) {
  EXPECT_EQ(schedule.next(), SteadyTime::max());

  schedule.add(1, now);

  EXPECT_EQ(schedule.due(now), Torrents{1});
  EXPECT_FALSE(schedule.was_answered(1));
}

TEST_F(AnnounceScheduleTest, AsksAgainWhenTheTrackerWantsIt) {
  schedule.add(1, now);
  schedule.on_answer(1, 900s, now);

  EXPECT_TRUE(schedule.was_answered(1));
  EXPECT_EQ(schedule.next(), now + 900s);
  EXPECT_TRUE(schedule.due(now + 899s).empty());
  EXPECT_EQ(schedule.due(now + 900s), Torrents{1});
}

TEST_F(AnnounceScheduleTest, WhatIsDueSoonGoesAlong) {
  for (std::uint32_t torrent = 1; torrent <= 3; ++torrent) schedule.add(torrent, now);
  schedule.on_answer(1, 500s, now);
  schedule.on_answer(2, 900s, now);
  schedule.on_answer(3, 2'000s, now);

  EXPECT_EQ(schedule.due(now + 500s), (Torrents{1, 2}));
}

TEST_F(AnnounceScheduleTest, WhoeverNeedsNeighboursAgainDoesNotWait) {
  schedule.add(1, now);
  schedule.on_answer(1, 900s, now);

  schedule.hurry(1, now + 10s);

  EXPECT_EQ(schedule.due(now + 10s), Torrents{1});
}

TEST_F(AnnounceScheduleTest, ATrackerThatDoesNotAnswerIsAskedEverLessOften) {
  schedule.add(1, now);
  for (const auto wait : {5s, 10s, 20s, 30s, 30s}) {
    schedule.on_failure(30s, now);
    EXPECT_EQ(schedule.next(), now + wait);
    EXPECT_TRUE(schedule.due(now + wait - 1ms).empty());
    now += wait;
  }

  schedule.on_answer(1, 60s, now);
  schedule.hurry(1, now);
  schedule.on_failure(30s, now);

  EXPECT_EQ(schedule.next(), now + 5s);
}

TEST_F(AnnounceScheduleTest, ATorrentThatTheTrackerDoesNotKnowHoldsUpNoOther) {
  schedule.add(1, now);
  schedule.on_refusal(1, now);
  schedule.add(2, now);

  EXPECT_EQ(schedule.due(now), Torrents{2});
  schedule.on_answer(2, 900s, now);
  for (int i = 0; i < 10; ++i) schedule.on_refusal(1, now);
  EXPECT_EQ(schedule.next(), now + 5min);
}

TEST_F(AnnounceScheduleTest, ATorrentThatWasJustPublishedIsAskedForAgainWithinAMoment) {
  schedule.add(1, now);

  schedule.on_refusal(1, now);
  EXPECT_EQ(schedule.next(), now + 500ms);
  schedule.on_refusal(1, now + 500ms);
  EXPECT_EQ(schedule.next(), now + 1'500ms);
}

TEST_F(AnnounceScheduleTest, ForgetsATorrentThatIsGone) {
  schedule.add(1, now);
  schedule.remove(1);
  schedule.on_answer(1, 60s, now);

  EXPECT_EQ(schedule.next(), SteadyTime::max());
}

}  // namespace
}  // namespace dunlin
