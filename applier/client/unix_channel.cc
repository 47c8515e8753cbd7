#include "applier/client/unix_channel.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "applier/client/protocol.h"
#include "core/base/check.h"
#include "core/base/clock.h"

namespace dunlin {

namespace {

using std::chrono::milliseconds;

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(address.sun_path))
    return fail(ErrorKind::usage, "socket path \"" + path + "\" must have 1 to 107 characters");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

Result<Descriptor> make_socket() {
  Descriptor made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!made.is_open()) return fail_errno(ErrorKind::device, "making a socket");
  return made;
}

// Waits until the socket is ready for `events`; false when the limit passed.
Result<bool> wait_ready(int socket, short events, SteadyTime end) {
  const SystemClock clock;
  while (true) {
    const auto left = std::max(milliseconds(0), end - clock.steady());
    pollfd wait{socket, events, 0};
    const int count = ::poll(&wait, 1, static_cast<int>(left.count()));
    if (count > 0) return true;
    if (count < 0 && errno != EINTR) return fail_errno(ErrorKind::device, "waiting for the applier socket");
    if (count == 0 && left.count() == 0) return false;
  }
}

// sendmsg(2) of what is left; the descriptor travels with the first byte.
ssize_t send_part(int socket, std::string_view rest, int descriptor) {
  iovec part{const_cast<char*>(rest.data()), rest.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  if (descriptor >= 0) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
  }
  return ::sendmsg(socket, &message, MSG_NOSIGNAL);
}

// Takes the first descriptor into `kept` and closes any other.
void take_descriptors(msghdr& message, Descriptor& kept) {
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int number = -1;
      std::memcpy(&number, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
      Descriptor arrived(number);
      if (!kept.is_open()) kept = std::move(arrived);
    }
  }
}

Result<void> set_group(const std::string& path, const std::string& group) {
  if (group.empty()) return {};
  const Result<gid_t> number = socket_group_number(group);
  if (!number) return fail(number.error());
  if (::chown(path.c_str(), static_cast<uid_t>(-1), *number) != 0)
    return fail_errno(ErrorKind::device, "giving " + path + " to group " + group);
  return {};
}

// Who listens is sent no descriptors: closing one may block for as long as its sender likes (SO_LINGER).
// Linux 6.16 and newer refuse them then for every connection of the listener; older ones do not know the
// option.
void refuse_descriptors(int listener) {
#ifndef SO_PASSRIGHTS
  constexpr int SO_PASSRIGHTS = 83;
#endif
  const int off = 0;
  (void)::setsockopt(listener, SOL_SOCKET, SO_PASSRIGHTS, &off, sizeof(off));
}

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Result<void> FrameBuffer::add(ByteView bytes) {
  pending_.append(as_text(bytes));
  return check_length();
}

Result<void> FrameBuffer::check_length() const {
  if (pending_.size() < 4) return {};
  const std::uint32_t length = ByteReader(as_bytes(pending_).first(4)).u32();
  if (length == 0 || length > applier_message_size_max)
    return fail(ErrorKind::bad_peer, "message of " + std::to_string(length) + " bytes on the applier socket");
  return {};
}

bool FrameBuffer::has_next() const {
  if (pending_.size() < 4 || !check_length()) return false;
  return pending_.size() - 4 >= ByteReader(as_bytes(pending_).first(4)).u32();
}

std::optional<std::string> FrameBuffer::next() {
  if (!has_next()) return std::nullopt;
  const std::size_t length = ByteReader(as_bytes(pending_).first(4)).u32();
  std::string message = pending_.substr(4, length);
  pending_.erase(0, 4 + length);
  if (pending_.empty()) pending_.shrink_to_fit();
  return message;
}

Result<UnixChannel> UnixChannel::connect(const std::string& path) {
  Result<sockaddr_un> address = address_of(path);
  if (!address) return fail(std::move(address.error()));
  Result<Descriptor> socket = make_socket();
  if (!socket) return fail(std::move(socket.error()));
  if (::connect(socket->number(), reinterpret_cast<const sockaddr*>(&*address), sizeof(*address)) != 0) {
    const bool absent = errno == ENOENT || errno == ECONNREFUSED || errno == EAGAIN;
    return fail_errno(absent ? ErrorKind::retry_later : ErrorKind::device,
                      "connecting to dunlin-applier at " + path);
  }
  return UnixChannel(std::move(*socket));
}

Result<void> UnixChannel::send(std::string_view text, int descriptor, milliseconds limit) {
  CHECK(!text.empty() && text.size() <= applier_message_size_max);
  const SteadyTime end = SystemClock().steady() + limit;
  ByteWriter length;
  length.u32(static_cast<std::uint32_t>(text.size()));
  std::string frame(as_text(length.written()));
  frame.append(text);
  std::string_view rest = frame;
  while (!rest.empty()) {
    const ssize_t count = send_part(socket_.number(), rest, descriptor);
    if (count > 0) {
      rest.remove_prefix(static_cast<std::size_t>(count));
      descriptor = -1;
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return fail_errno(ErrorKind::retry_later, "sending on the applier socket");
    Result<bool> ready = wait_ready(socket_.number(), POLLOUT, end);
    if (!ready) return fail(std::move(ready.error()));
    if (!*ready) return fail(ErrorKind::retry_later, "the other side of the applier socket does not read");
  }
  return {};
}

Result<bool> UnixChannel::read_available() {
  std::array<std::uint8_t, 64 * 1024> buffer;
  iovec part{buffer.data(), buffer.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(4 * sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t count = ::recvmsg(socket_.number(), &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  if (count < 0) return fail_errno(ErrorKind::retry_later, "reading from the applier socket");
  take_descriptors(message, received_);
  if (count == 0) return false;
  Result<void> added = frames_.add(ByteView(buffer).first(static_cast<std::size_t>(count)));
  if (!added) return fail(std::move(added.error()));
  return true;
}

std::optional<ChannelMessage> UnixChannel::next() {
  std::optional<std::string> text = frames_.next();
  if (!text) return std::nullopt;
  return ChannelMessage{std::move(*text), std::exchange(received_, Descriptor())};
}

Result<ChannelMessage> UnixChannel::receive(milliseconds limit) {
  const SteadyTime end = SystemClock().steady() + limit;
  while (true) {
    std::optional<ChannelMessage> message = next();
    if (message) return std::move(*message);
    Result<bool> ready = wait_ready(socket_.number(), POLLIN, end);
    if (!ready) return fail(std::move(ready.error()));
    if (!*ready) return fail(ErrorKind::retry_later, "dunlin-applier did not answer in time");
    Result<bool> open = read_available();
    if (!open) return fail(std::move(open.error()));
    if (!*open) return fail(ErrorKind::retry_later, "dunlin-applier closed the connection");
  }
}

Result<gid_t> socket_group_number(const std::string& group) {
  const struct group* entry = ::getgrnam(group.c_str());
  if (entry == nullptr)
    return fail(ErrorKind::usage, "socket_group \"" + group + "\" is not a group of this machine");
  return entry->gr_gid;
}

Result<Descriptor> listen_unix(const std::string& path, unsigned mode, const std::string& group) {
  Result<sockaddr_un> address = address_of(path);
  if (!address) return fail(std::move(address.error()));
  Result<Descriptor> socket = make_socket();
  if (!socket) return socket;
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    return fail_errno(ErrorKind::device, "replacing the old socket " + path);
  // Nobody may connect between bind and chmod: the socket is born closed to all.
  const mode_t before = ::umask(0777);
  const int bound = ::bind(socket->number(), reinterpret_cast<const sockaddr*>(&*address), sizeof(*address));
  ::umask(before);
  if (bound != 0) return fail_errno(ErrorKind::device, "making the socket " + path);
  Result<void> given = set_group(path, group);
  if (!given) return fail(std::move(given.error()));
  if (::chmod(path.c_str(), mode) != 0) return fail_errno(ErrorKind::device, "setting the mode of " + path);
  refuse_descriptors(socket->number());
  if (::listen(socket->number(), 16) != 0) return fail_errno(ErrorKind::device, "listening on " + path);
  return socket;
}

}  // namespace dunlin
