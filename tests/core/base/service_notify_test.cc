// The test is the service manager: a datagram socket named in the environment.
#include "core/base/service_notify.h"

#include <cstddef>
#include <cstdlib>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

class ServiceNotify : public testing::Test {
 protected:
  // An abstract name: nothing to clean up, and the process id keeps parallel runs apart.
  ServiceNotify() : name_("@dunlin-notify-" + std::to_string(::getpid())) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name_.copy(address.sun_path + 1, name_.size() - 1, 1);
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size), 0);
  }
  ~ServiceNotify() override {
    ::close(socket_);
    ::unsetenv("NOTIFY_SOCKET");
  }
  std::string heard() const {
    char text[64];
    const ssize_t size = ::recv(socket_, text, sizeof text, 0);
    return size < 0 ? "nothing" : std::string(text, static_cast<std::size_t>(size));
  }

  std::string name_;
  int socket_ = -1;
};

TEST_F(ServiceNotify, ReachesTheSocketInTheEnvironment) {
  ::setenv("NOTIFY_SOCKET", name_.c_str(), 1);

  notify_service_manager("READY=1");

  EXPECT_EQ(heard(), "READY=1");
}

TEST_F(ServiceNotify, DoesNothingWithoutAServiceManager) {
  for (const std::string& place : {std::string(), std::string("/nowhere/notify"), std::string(200, 'x')}) {
    ::setenv("NOTIFY_SOCKET", place.c_str(), 1);
    notify_service_manager("READY=1");
  }
  ::unsetenv("NOTIFY_SOCKET");
  notify_service_manager("READY=1");

  EXPECT_EQ(heard(), "nothing");
}

}  // namespace
}  // namespace dunlin
