#include "applier/applier_service.h"

#include <cerrno>
#include <poll.h>
#include <sys/socket.h>

#include "core/base/log.h"

namespace dunlin {

namespace {

constexpr std::chrono::seconds send_limit{5};

void log_peer(int socket) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return;
  log_debug("connection", {{"pid", static_cast<std::int64_t>(peer.pid)},
                           {"uid", static_cast<std::uint64_t>(peer.uid)},
                           {"gid", static_cast<std::uint64_t>(peer.gid)}});
}

// True for the time of one operation.
class Busy {
 public:
  explicit Busy(bool& flag) : flag_(flag) { flag_ = true; }
  ~Busy() { flag_ = false; }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

 private:
  bool& flag_;
};

}  // namespace

void ApplierService::run(int stop) {
  {
    const Busy busy(busy_);
    applier_.resume([this] { breathe(); });
  }
  while (!stopping_) poll_once(stop, -1);
}

void ApplierService::poll_once(int stop, int timeout_ms) {
  std::vector<pollfd> waits{{stop, POLLIN, 0}, {listener_.number(), POLLIN, 0}};
  std::vector<Connection*> polled;
  for (Connection& connection : connections_) {
    if (connection.closed) continue;
    waits.push_back({connection.channel.descriptor(), POLLIN, 0});
    polled.push_back(&connection);
  }
  if (::poll(waits.data(), waits.size(), timeout_ms) <= 0) return;
  if (waits[0].revents != 0) stopping_ = true;
  if (waits[1].revents != 0) accept_one();
  ++depth_;
  for (std::size_t i = 0; i < polled.size(); ++i)
    if (waits[i + 2].revents != 0) read_from(*polled[i]);
  --depth_;
  // Only the outermost poll forgets connections: an operation further out may still hold one.
  if (depth_ == 0) connections_.remove_if([](const Connection& connection) { return connection.closed; });
}

void ApplierService::accept_one() {
  Descriptor socket(::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket.is_open()) return;
  log_peer(socket.number());
  Connection connection{UnixChannel(std::move(socket))};
  if (connections_.size() >= connections_max) {
    reply(connection, Error{ErrorKind::retry_later, {}, "dunlin-applier has too many connections"});
    return;
  }
  connections_.push_back(std::move(connection));
}

void ApplierService::read_from(Connection& connection) {
  if (connection.closed) return;
  Result<bool> open = connection.channel.read_available();
  if (!open || !*open) {
    connection.closed = true;
    return;
  }
  while (!connection.closed) {
    const std::optional<ChannelMessage> message = connection.channel.next();
    if (!message) return;
    handle(connection, message->text);
  }
}

void ApplierService::reply(Connection& connection, const Reply& reply, int descriptor) {
  Result<void> sent = connection.channel.send(encode(reply), descriptor, send_limit);
  if (!sent) connection.closed = true;
}

void ApplierService::reply(Connection& connection, Result<void> result) {
  if (!result) {
    log_warning("refused", {{"error", result.error()}});
    reply(connection, Reply(std::move(result.error())));
    return;
  }
  reply(connection, Reply(DoneReply{}));
}

void ApplierService::handle(Connection& connection, const std::string& text) {
  Result<Request> request = parse_request(text);
  if (!request) {
    reply(connection, Reply(std::move(request.error())));
    connection.closed = true;
    return;
  }
  if (request->operation == Operation::status) {
    DoneReply done;
    done.status = applier_.status();
    reply(connection, Reply(std::move(done)));
    return;
  }
  if (request->operation == Operation::open_booted_slot) return open_booted_slot(connection);
  if (request->operation == Operation::open_slot) return open_slot(connection, request->slot);
  if (busy_)
    return reply(connection, fail(ErrorKind::retry_later, "dunlin-applier is busy with another operation"));
  const Busy busy(busy_);
  if (request->operation == Operation::begin_install) return begin_install(connection, request->install);
  if (request->operation == Operation::commit_install) return commit_install(connection);
  change(connection, request->operation);
}

void ApplierService::open_booted_slot(Connection& connection) {
  Result<std::unique_ptr<File>> file = applier_.open_booted_slot();
  if (!file) return reply(connection, fail(std::move(file.error())));
  reply(connection, Reply(DoneReply{}), (*file)->descriptor());
}

void ApplierService::open_slot(Connection& connection, const std::string& name) {
  Result<std::unique_ptr<File>> file = applier_.open_slot(name);
  if (!file) return reply(connection, fail(std::move(file.error())));
  reply(connection, Reply(DoneReply{}), (*file)->descriptor());
}

void ApplierService::begin_install(Connection& connection, const InstallRequest& request) {
  Result<SpareSlot> slot = applier_.begin_install(request);
  if (!slot) return reply(connection, fail(std::move(slot.error())));
  DoneReply done;
  done.slot = slot->name;
  done.image_size = slot->image_size;
  reply(connection, Reply(std::move(done)), slot->file->descriptor());
}

void ApplierService::commit_install(Connection& connection) {
  std::uint64_t reported = 0;
  Result<void> committed = applier_.commit_install([&](std::uint64_t done, std::uint64_t total) {
    const bool due = done == total || done - reported >= total / 100;
    if (due && !connection.closed) {
      reported = done;
      reply(connection, Reply(ProgressReply{done, total}));
    }
    breathe();
  });
  reply(connection, std::move(committed));
}

void ApplierService::change(Connection& connection, Operation operation) {
  switch (operation) {
    case Operation::abort_install:
      return reply(connection, applier_.abort_install());
    case Operation::confirm:
      return reply(connection, applier_.confirm());
    case Operation::rollback:
      return reply(connection, applier_.rollback());
    case Operation::reboot:
      return reply(connection, applier_.reboot());
    case Operation::status:
    case Operation::open_booted_slot:
    case Operation::open_slot:
    case Operation::begin_install:
    case Operation::commit_install:
      break;
  }
}

}  // namespace dunlin
