#pragma once
#include "node/alarm.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fuse.h"

namespace dunlin {

// Waits take no time: the clock jumps instead.
class FakeAlarm final : public Alarm {
 public:
  FakeAlarm(FakeClock& clock, Fuse& fuse) : clock_(clock), fuse_(fuse) {}

  Task<> wait(std::chrono::milliseconds limit) override {
    co_await fuse_.step();
    if (!woken_) clock_.advance(limit);
    woken_ = false;
  }
  void wake() override { woken_ = true; }

 private:
  FakeClock& clock_;
  Fuse& fuse_;
  bool woken_ = false;
};

}  // namespace dunlin
