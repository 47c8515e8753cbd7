#pragma once
#include <functional>
#include <limits>

#include "core/base/asio.h"

namespace dunlin {

// Ends a run of the loop after so many steps of the fakes, as a killed process ends: nothing that waits ever
// goes on, nothing is told.
class Fuse {
 public:
  explicit Fuse(asio::io_context& io) : io_(io) {}

  // Steps until the end; and a condition that ends the run as well, asked before each step.
  void set(int steps, std::function<bool()> done) {
    left_ = steps;
    done_ = std::move(done);
  }
  // Every fake that the code under test waits for takes one step.
  Task<> step() {
    ++taken_;
    const bool ends = blown_ || --left_ <= 0 || (done_ && done_());
    if (ends) {
      co_await stop();
    }
    co_await asio::post(io_, asio::use_awaitable);
  }
  Task<> stop() {
    blown_ = true;
    io_.stop();
    asio::steady_timer never(io_, asio::steady_timer::time_point::max());
    error_code ignored;
    co_await never.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  int taken() const { return taken_; }

 private:
  asio::io_context& io_;
  int left_ = std::numeric_limits<int>::max();
  std::function<bool()> done_;
  int taken_ = 0;
  bool blown_ = false;
};

}  // namespace dunlin
