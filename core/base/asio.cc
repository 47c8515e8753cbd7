#include "core/base/asio.h"

#include "core/base/log.h"

namespace dunlin {

void spawn(asio::io_context& io, Task<> task) {
  asio::co_spawn(io, std::move(task), [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  });
}

Task<bool> wait_for(asio::steady_timer& timer, std::chrono::milliseconds delay) {
  timer.expires_after(delay);
  error_code code;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, code));
  co_return !code;
}

void Deadline::disarm() {
  state_->armed = false;
  state_->timer.cancel();
}

}  // namespace dunlin
