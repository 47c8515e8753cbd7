#pragma once
#include <functional>

#include "core/base/asio.h"

namespace dunlin {

// One thread runs everything; four more hash, compress and write blocks through offload().
class EventLoop {
 public:
  EventLoop();
  ~EventLoop();

  asio::io_context& io() { return io_; }
  asio::thread_pool& pool() { return pool_; }

  // Runs until stop(). SIGTERM and SIGINT call `on_signal` once (a second signal ends the process at once).
  void run(std::function<void()> on_signal);
  void stop();

 private:
  asio::io_context io_{1};
  asio::thread_pool pool_{4};
};

}  // namespace dunlin
