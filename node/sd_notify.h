#pragma once
#include <string>
#include <string_view>

namespace dunlin {

// Tells the service manager how we are: "READY=1", "STATUS=fetching 2.0, 40 %" (sd_notify(3)). Without
// $NOTIFY_SOCKET, or when it cannot be reached, nothing happens.
class ServiceNotifier {
 public:
  // `socket`: the value of $NOTIFY_SOCKET, or empty.
  explicit ServiceNotifier(std::string socket) : socket_(std::move(socket)) {}
  void send(std::string_view state) const;

 private:
  std::string socket_;
};

}  // namespace dunlin
