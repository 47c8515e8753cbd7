#pragma once
// The one door to Boost.Asio coroutines. g++ 12.2 miscompiles some coroutine spellings: a co_await is a
// statement of its own (see docs/decisions/0002-coroutines.md; tests/style/check_coroutines.py enforces it).
#include <utility>  // before Asio: Boost 1.74 needs std::exchange declared first in C++20 mode

#include <chrono>
#include <memory>
#include <optional>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "core/base/result.h"

namespace dunlin {

namespace asio = boost::asio;
using boost::system::error_code;
template <class T = void>
using Task = asio::awaitable<T>;

// Starts a coroutine on the loop. An exception that leaves it ends the process: nothing is swallowed.
// The objects the coroutine refers to must outlive the run of the io_context.
void spawn(asio::io_context& io, Task<> task);

// Resumes after `delay` (true), or at once when the timer is cancelled (false).
Task<bool> wait_for(asio::steady_timer& timer, std::chrono::milliseconds delay);

// Closes a socket (anything with close(error_code&)) when it is not disarmed within `limit`. Boost 1.74 has
// no cancellation slots, so every wait on the network holds one of these. The socket must outlive it.
class Deadline {
 public:
  template <class Socket>
  Deadline(Socket& socket, std::chrono::milliseconds limit)
      : state_(std::make_shared<State>(socket.get_executor())) {
    state_->timer.expires_after(limit);
    state_->timer.async_wait([state = state_, &socket](error_code code) {
      if (code || !state->armed) return;
      state->passed = true;
      error_code ignored;
      socket.close(ignored);
    });
  }
  ~Deadline() { disarm(); }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  void disarm();
  // True when the limit passed and the socket was closed for it.
  bool has_passed() const { return state_->passed; }

 private:
  struct State {
    template <class Executor>
    explicit State(const Executor& executor) : timer(executor) {}
    asio::steady_timer timer;
    bool armed = true;
    bool passed = false;
  };
  std::shared_ptr<State> state_;
};

// Runs `job` on the pool and resumes the coroutine on the loop with its value (which must be movable and
// default constructible, as Result<T> is). Name the closure first: auto job = [..] {..}; auto r = co_await
// offload(io, pool, std::move(job)); what it captured is destroyed on the loop.
template <class Job>
Task<std::invoke_result_t<Job&>> offload(asio::io_context& io, asio::thread_pool& pool, Job job) {
  using Value = std::invoke_result_t<Job&>;
  struct State {
    explicit State(asio::io_context& context, Job given) : done(context), closure(std::move(given)) {
      done.expires_at(asio::steady_timer::time_point::max());
    }
    asio::steady_timer done;
    Job closure;
    std::optional<Value> value;  // the pool's until `finished`
    bool finished = false;       // the loop's only
  };
  auto state = std::make_shared<State>(io, std::move(job));
  asio::post(pool, [state, &io]() mutable {
    state->value.emplace(state->closure());
    asio::post(io, [state = std::move(state)] {
      state->finished = true;
      state->done.cancel();
    });
  });
  error_code ignored;
  while (!state->finished) {
    co_await state->done.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  co_return std::move(*state->value);
}

}  // namespace dunlin
