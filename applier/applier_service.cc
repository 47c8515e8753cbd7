#include "applier/applier_service.h"

#include <algorithm>
#include <poll.h>
#include <sys/socket.h>

#include "core/base/log.h"

namespace dunlin {

namespace {

// Answers are small: they fit into the socket's buffer of whoever reads them.
constexpr std::chrono::milliseconds send_limit{0};

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
    if (connection.closed || connection.in_service) continue;
    waits.push_back({connection.channel.descriptor(), POLLIN, 0});
    polled.push_back(&connection);
  }
  if (::poll(waits.data(), waits.size(), poll_timeout_ms(timeout_ms)) < 0) return;
  if (waits[0].revents != 0) stopping_ = true;
  if (waits[1].revents != 0) accept_one();
  ++depth_;
  for (std::size_t i = 0; i < polled.size(); ++i)
    if (waits[i + 2].revents != 0 || polled[i]->channel.has_next()) serve(*polled[i]);
  --depth_;
  drop_silent();
  // Only the outermost poll forgets connections: an operation further out may still hold one.
  if (depth_ == 0) forget_closed();
}

bool ApplierService::has_waiting_message() const {
  return std::any_of(connections_.begin(), connections_.end(), [](const Connection& connection) {
    return !connection.closed && !connection.in_service && connection.channel.has_next();
  });
}

int ApplierService::poll_timeout_ms(int wanted_ms) const {
  if (wanted_ms == 0 || has_waiting_message()) return 0;
  std::chrono::milliseconds left = silence_max;
  for (const Connection& connection : connections_)
    if (&connection != writer_) left = std::min(left, connection.heard + silence_max - clock_.steady());
  if (connections_.empty()) return wanted_ms;
  return static_cast<int>(std::max(left, std::chrono::milliseconds(1)).count());
}

void ApplierService::drop_silent() {
  for (Connection& connection : connections_)
    if (&connection != writer_ && !connection.in_service && clock_.steady() - connection.heard >= silence_max)
      connection.closed = true;
}

void ApplierService::forget_closed() {
  connections_.remove_if([this](const Connection& connection) {
    if (connection.closed && &connection == writer_) take_slot_back();
    return connection.closed;
  });
}

Result<void> ApplierService::admit(const Peer& peer) const {
  Result<void> allowed = rights_.check(peer);
  if (!allowed) return allowed;
  const bool is_own = peer.user == rights_.own_user;
  if (connections_.size() < connections_max + (is_own ? connections_of_own_user : 0)) return {};
  return fail(ErrorKind::retry_later, "dunlin-applier has too many connections");
}

void ApplierService::accept_one() {
  Descriptor socket(::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket.is_open()) return;
  Result<Peer> peer = peer_of(socket.number());
  Result<void> admitted = peer ? admit(*peer) : fail(peer.error());
  Connection connection{UnixChannel(std::move(socket)), clock_.steady()};
  if (!admitted) return reply(connection, std::move(admitted));
  log_debug("connection",
            {{"pid", static_cast<std::int64_t>(peer->pid)}, {"uid", static_cast<std::uint64_t>(peer->user)}});
  connections_.push_back(std::move(connection));
}

void ApplierService::serve(Connection& connection) {
  if (connection.closed || connection.in_service) return;
  if (!connection.channel.has_next()) {
    Result<bool> open = connection.channel.read_available();
    if (!open) reply(connection, fail(std::move(open.error())));
    if (!open || !*open) connection.closed = true;
    if (connection.closed) return;
  }
  const std::optional<ChannelMessage> message = connection.channel.next();
  if (!message) return;
  connection.in_service = true;
  handle(connection, message->text);
  connection.in_service = false;
  connection.heard = clock_.steady();
}

void ApplierService::reply(Connection& connection, const Reply& reply, int descriptor) {
  Result<void> sent = connection.channel.send(encode(reply), descriptor, send_limit);
  if (!sent) connection.closed = true;
}

void ApplierService::reply(Connection& connection, Result<void> result) {
  if (!result) {
    if (result.error().message.size() > applier_error_size_max)
      result.error().message.resize(applier_error_size_max);
    log_warning("refused", {{"error", result.error()}});
    reply(connection, Reply(std::move(result.error())));
    return;
  }
  reply(connection, Reply(DoneReply{}));
}

void ApplierService::handle(Connection& connection, const std::string& text) {
  if (is_slot_write(text)) return write_slot(connection, text);
  Result<Request> request = parse_request(text);
  if (request) return handle(connection, *request);
  reply(connection, fail(std::move(request.error())));
  connection.closed = true;
}

void ApplierService::handle(Connection& connection, const Request& request) {
  if (request.operation == Operation::status) {
    DoneReply done;
    done.status = applier_.status();
    return reply(connection, Reply(std::move(done)));
  }
  if (request.operation == Operation::open_booted_slot) return open_booted_slot(connection);
  if (request.operation == Operation::open_slot) return open_slot(connection, request.slot);
  if (request.operation == Operation::open_self_tests) {
    Result<std::unique_ptr<File>> record = applier_.open_self_tests(request.back);
    if (!record) return reply(connection, fail(std::move(record.error())));
    return reply(connection, Reply(DoneReply{}), (*record)->descriptor());
  }
  if (request.operation == Operation::sync_slot) {
    Result<WrittenSlot*> slot = slot_of(connection);
    return reply(connection, slot ? (*slot)->sync() : fail(std::move(slot.error())));
  }
  if (request.operation == Operation::examine) {
    DoneReply done;
    done.findings = applier_.examine();
    return reply(connection, Reply(std::move(done)));
  }
  if (busy_)
    return reply(connection, fail(ErrorKind::retry_later, "dunlin-applier is busy with another operation"));
  const Busy busy(busy_);
  if (request.operation == Operation::begin_install) return begin_install(connection, request.install);
  if (request.operation == Operation::commit_install) return commit_install(connection);
  change(connection, request.operation);
}

Result<WrittenSlot*> ApplierService::slot_of(const Connection& connection) {
  if (slot_ && writer_ == &connection) return slot_.get();
  return fail(ErrorKind::usage, "no slot is handed over on this connection: begin the install here first");
}

void ApplierService::take_slot_back() {
  slot_.reset();
  writer_ = nullptr;
}

void ApplierService::write_slot(Connection& connection, const std::string& text) {
  Result<SlotWrite> write = parse_slot_write(text);
  if (!write) {
    reply(connection, fail(std::move(write.error())));
    connection.closed = true;
    return;
  }
  Result<WrittenSlot*> slot = slot_of(connection);
  reply(connection, slot ? (*slot)->write(*write) : fail(std::move(slot.error())));
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
  take_slot_back();
  Result<SpareSlot> slot = applier_.begin_install(request);
  if (!slot) return reply(connection, fail(std::move(slot.error())));
  Result<std::unique_ptr<File>> reader = applier_.open_spare_for_reading();
  if (!reader) return reply(connection, fail(std::move(reader.error())));
  slot_ = std::make_unique<WrittenSlot>(std::move(slot->file), slot->image_size);
  writer_ = &connection;
  DoneReply done;
  done.slot = slot->name;
  done.image_size = slot->image_size;
  reply(connection, Reply(std::move(done)), (*reader)->descriptor());
}

void ApplierService::commit_install(Connection& connection) {
  // Before the first byte is read back: nobody can change what was verified.
  take_slot_back();
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
  // Only confirm leaves the slots as they are.
  if (operation != Operation::confirm) take_slot_back();
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
    case Operation::examine:
    case Operation::open_booted_slot:
    case Operation::open_slot:
    case Operation::open_self_tests:
    case Operation::begin_install:
    case Operation::sync_slot:
    case Operation::commit_install:
      break;
  }
}

}  // namespace dunlin
