#pragma once
#include "core/base/asio.h"

namespace dunlin {

// A wait that time or wake() ends: where the driver's time comes from, so that tests let a day pass at once.
class Alarm {
 public:
  virtual ~Alarm() = default;
  // Resumes after `limit`, or at once after wake(), also when that was called before the wait began.
  virtual Task<> wait(std::chrono::milliseconds limit) = 0;
  virtual void wake() = 0;
};

class TimerAlarm final : public Alarm {
 public:
  explicit TimerAlarm(asio::io_context& io) : timer_(io) {}
  Task<> wait(std::chrono::milliseconds limit) override;
  void wake() override;

 private:
  asio::steady_timer timer_;
  bool woken_ = false;
};

}  // namespace dunlin
