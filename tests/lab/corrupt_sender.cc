// Preloaded into dunlin-node (LD_PRELOAD): a device whose network card or memory spoils what it sends. In
// every long buffer that leaves through a TCP or UDP socket one bit is wrong; short ones (requests,
// handshakes, beacons) and Unix sockets are as they are, so the device stays a lively member of its site. The
// file that DUNLIN_SPOILED names is made as soon as something was spoiled.
#include <utility>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include <vector>

namespace {

constexpr std::size_t long_bytes = 4096;  // longer than what a peer says beside content
constexpr std::size_t parts_max = 64;

bool leaves_the_device(int socket) {
  sockaddr_storage own{};
  socklen_t size = sizeof(own);
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&own), &size) != 0) return false;
  return own.ss_family == AF_INET || own.ss_family == AF_INET6;
}

void leave_a_mark() {
  static const char* name = std::getenv("DUNLIN_SPOILED");
  if (!name) return;
  const int mark = ::open(std::exchange(name, nullptr), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (mark >= 0) ::close(mark);
}

// A spoiled copy of the buffers; at most parts_max of them, which is a shorter send and no error.
struct Spoiled {
  std::vector<std::vector<char>> copies;
  std::vector<iovec> parts;

  Spoiled(const iovec* given, std::size_t count) : copies(std::min(count, parts_max)), parts(copies.size()) {
    for (std::size_t i = 0; i < copies.size(); ++i) {
      const char* bytes = static_cast<const char*>(given[i].iov_base);
      copies[i].assign(bytes, bytes + given[i].iov_len);
      if (copies[i].size() >= long_bytes) {
        copies[i][long_bytes / 2] ^= 1;
        leave_a_mark();
      }
      parts[i] = {copies[i].data(), copies[i].size()};
    }
  }
};

}  // namespace

extern "C" {

ssize_t sendmsg(int socket, const msghdr* message, int flags) {
  if (!leaves_the_device(socket)) return ::syscall(SYS_sendmsg, socket, message, flags);
  Spoiled spoiled(message->msg_iov, message->msg_iovlen);
  msghdr copy = *message;
  copy.msg_iov = spoiled.parts.data();
  copy.msg_iovlen = spoiled.parts.size();
  return ::syscall(SYS_sendmsg, socket, &copy, flags);
}

ssize_t send(int socket, const void* bytes, size_t size, int flags) {
  iovec part{const_cast<void*>(bytes), size};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  return sendmsg(socket, &message, flags);
}

ssize_t writev(int file, const iovec* parts, int count) {
  if (!leaves_the_device(file)) return ::syscall(SYS_writev, file, parts, count);
  Spoiled spoiled(parts, static_cast<std::size_t>(count));
  return ::syscall(SYS_writev, file, spoiled.parts.data(), static_cast<int>(spoiled.parts.size()));
}
}
