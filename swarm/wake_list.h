#pragma once
#include <vector>

#include "core/base/asio.h"

namespace dunlin {

// Coroutines that wait until something happens. On the loop only; copies share nothing.
class WakeList {
 public:
  explicit WakeList(asio::io_context& io) : io_(io) {}

  // Resumes at the next wake(), or after `limit`. The list outlives the wait.
  Task<> wait(std::chrono::milliseconds limit);
  void wake();

 private:
  asio::io_context& io_;
  std::vector<std::shared_ptr<asio::steady_timer>> waiting_;
};

}  // namespace dunlin
