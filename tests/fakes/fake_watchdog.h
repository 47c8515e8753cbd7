#pragma once
#include "applier/watchdog.h"

namespace dunlin {

class FakeWatchdog final : public Watchdog {
 public:
  Result<void> start(std::chrono::seconds) override {
    if (broken) return fail(ErrorKind::device, "no such device");
    running = true;
    return {};
  }
  void pet() override { ++petted; }
  void stop() override { running = false; }
  bool caused_last_reset() override { return reset_by_it; }

  bool broken = false;
  bool running = false;
  bool reset_by_it = false;
  int petted = 0;
};

}  // namespace dunlin
