#include "core/base/background_worker.h"

#include <atomic>

#include <gtest/gtest.h>

namespace dunlin {

TEST(BackgroundWorker, RunsJobsOneAfterTheOtherBesideTheCaller) {
  BackgroundWorker worker;
  const std::thread::id caller = std::this_thread::get_id();
  std::vector<int> order;

  for (int i = 0; i < 3; ++i) {
    worker.start([&order, i, caller] {
      EXPECT_NE(std::this_thread::get_id(), caller);
      order.push_back(i);
    });
    worker.wait();
  }

  EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
}

TEST(BackgroundWorker, RunsWhileTheCallerDoesSomethingElse) {
  BackgroundWorker worker;
  std::atomic<bool> caller_is_ready = false;
  bool done = false;

  worker.start([&] {
    caller_is_ready.wait(false);
    done = true;
  });
  caller_is_ready = true;
  caller_is_ready.notify_one();
  worker.wait();

  EXPECT_TRUE(done);
}

TEST(BackgroundWorker, FinishesItsJobBeforeItEnds) {
  bool done = false;
  {
    BackgroundWorker worker;
    worker.start([&] { done = true; });
  }
  EXPECT_TRUE(done);
}

TEST(BackgroundWorker, HasNothingToWaitForWithoutAJob) {
  BackgroundWorker worker;
  worker.wait();
}

}  // namespace dunlin
