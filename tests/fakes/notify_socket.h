#pragma once
#include <algorithm>
#include <array>
#include <string>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/check.h"

namespace dunlin {

// The service manager's side of sd_notify(3).
class NotifySocket {
 public:
  explicit NotifySocket(const std::string& path)
      : descriptor_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    CHECK(path.size() < sizeof address.sun_path);
    std::copy(path.begin(), path.end(), address.sun_path);
    CHECK(::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    const timeval limit{30, 0};
    CHECK(::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);
  }
  ~NotifySocket() { ::close(descriptor_); }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  // The next message a program sent; waits for it.
  std::string receive() const {
    std::array<char, 256> text{};
    const ssize_t count = ::recv(descriptor_, text.data(), text.size(), 0);
    return count < 0 ? "nothing within 30 s" : std::string(text.data(), static_cast<std::size_t>(count));
  }

 private:
  int descriptor_;
};

}  // namespace dunlin
