#include "seeder/interruption.h"

#include <csignal>

namespace dunlin {

namespace {

std::atomic<bool> was_interrupted{false};  // the only thing a signal handler may touch

void interrupt(int) {
  was_interrupted = true;
}

}  // namespace

const std::atomic<bool>& catch_interruption() {
  std::signal(SIGINT, interrupt);
  std::signal(SIGTERM, interrupt);
  return was_interrupted;
}

}  // namespace dunlin
