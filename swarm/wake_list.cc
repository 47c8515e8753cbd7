#include "swarm/wake_list.h"

namespace dunlin {

Task<> WakeList::wait(std::chrono::milliseconds limit) {
  auto timer = std::make_shared<asio::steady_timer>(io_);
  waiting_.push_back(timer);
  co_await wait_for(*timer, limit);
  std::erase(waiting_, timer);
}

void WakeList::wake() {
  for (const auto& timer : waiting_) timer->cancel();
}

}  // namespace dunlin
