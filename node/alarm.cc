#include "node/alarm.h"

namespace dunlin {

Task<> TimerAlarm::wait(std::chrono::milliseconds limit) {
  if (!woken_) {
    bool ran_out = co_await wait_for(timer_, limit);
    (void)ran_out;
  }
  woken_ = false;
}

void TimerAlarm::wake() {
  woken_ = true;
  timer_.cancel();
}

}  // namespace dunlin
