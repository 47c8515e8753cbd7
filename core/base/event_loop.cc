#include "core/base/event_loop.h"

#include <csignal>

#include <boost/asio/signal_set.hpp>

namespace dunlin {

EventLoop::EventLoop() = default;

EventLoop::~EventLoop() {
  pool_.join();
}

void EventLoop::run(std::function<void()> on_signal) {
  asio::signal_set signals(io_, SIGTERM, SIGINT);
  signals.async_wait([&signals, &on_signal](error_code code, int) {
    if (code) return;
    error_code ignored;
    signals.clear(ignored);  // the next signal has its default effect
    on_signal();
  });
  auto work = asio::make_work_guard(io_);
  io_.run();
}

void EventLoop::stop() {
  io_.stop();
}

}  // namespace dunlin
