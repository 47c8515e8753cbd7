#pragma once
#include <array>
#include <chrono>
#include <poll.h>
#include <string>
#include <sys/inotify.h>
#include <unistd.h>
#include <vector>

#include "core/base/check.h"
#include "core/base/clock.h"

namespace dunlin {

// Waits for what another program does to files, without looking again and again.
class FolderWatch {
 public:
  // Sees every change right below these folders from now on.
  explicit FolderWatch(const std::vector<std::string>& folders)
      : descriptor_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    CHECK(descriptor_ >= 0);
    for (const std::string& folder : folders)
      CHECK(::inotify_add_watch(descriptor_, folder.c_str(),
                                IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO) >= 0);
  }
  ~FolderWatch() { ::close(descriptor_); }
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

  // Asks `condition` now and after every change until it holds; false when it still does not after `limit`.
  template <class Condition>
  bool wait_for(Condition condition, std::chrono::milliseconds limit) {
    const SteadyTime end = SystemClock().steady() + limit;
    while (!condition()) {
      const auto left = end - SystemClock().steady();
      pollfd wait{descriptor_, POLLIN, 0};
      if (left.count() <= 0 || ::poll(&wait, 1, static_cast<int>(left.count())) == 0) return condition();
      forget_events();
    }
    return true;
  }

 private:
  void forget_events() const {
    std::array<char, 4096> events{};
    while (::read(descriptor_, events.data(), events.size()) > 0) continue;
  }

  int descriptor_;
};

}  // namespace dunlin
