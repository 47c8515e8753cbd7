#include "node/hint_watch.h"

namespace dunlin {

namespace {

constexpr std::chrono::seconds hint_interval{5};

}  // namespace

Task<> watch_hints(EventLoop& loop, const Clock& clock, std::shared_ptr<HintReader> reader,
                   std::shared_ptr<WanAccount> account) {
  asio::steady_timer timer(loop.io());
  for (;;) {
    auto job = [reader, now = clock.steady()] { return reader->read(now); };
    auto hints = co_await offload(loop.io(), loop.pool(), std::move(job));
    account->set_hints(hints);
    co_await wait_for(timer, hint_interval);
  }
}

}  // namespace dunlin
