#pragma once
#include <list>
#include <memory>

#include "applier/applier.h"
#include "applier/client/protocol.h"
#include "applier/client/unix_channel.h"
#include "applier/peer_rights.h"
#include "applier/written_slot.h"

namespace dunlin {

// Answers on the local socket, on one thread (docs/decisions/0006-applier-one-thread.md): while a long
// operation runs, its callback comes back here, where status and the opening of slots for reading are
// answered and everything else is told to come again later. Nobody can make it wait: whoever does not read
// his answers, sends half a message or says nothing is dropped, and of many messages of one connection each
// waits its turn.
class ApplierService {
 public:
  // Connections of everybody but the applier's own user, for which some more are kept.
  static constexpr std::size_t connections_max = 8;
  static constexpr std::size_t connections_of_own_user = 4;
  // How long a connection may say nothing, or go on with one message, unless it writes the slot.
  static constexpr std::chrono::seconds silence_max{30};

  ApplierService(Applier& applier, Descriptor listener, const Clock& clock, PeerRights rights)
      : applier_(applier), listener_(std::move(listener)), clock_(clock), rights_(rights) {}

  // Resumes the trial, then serves until `stop` (readable) says so.
  void run(int stop);

 private:
  struct Connection {
    UnixChannel channel;
    SteadyTime heard;         // its last whole message, or its beginning
    bool in_service = false;  // its message is being answered
    bool closed = false;
  };

  void poll_once(int stop, int timeout_ms);
  void breathe() { poll_once(-1, 0); }
  void drop_silent();
  void forget_closed();
  bool has_waiting_message() const;
  int poll_timeout_ms(int wanted_ms) const;
  void accept_one();
  Result<void> admit(const Peer& peer) const;
  void serve(Connection& connection);
  void handle(Connection& connection, const std::string& text);
  void handle(Connection& connection, const Request& request);
  void reply(Connection& connection, const Reply& reply, int descriptor = -1);
  void reply(Connection& connection, Result<void> result);
  void begin_install(Connection& connection, const InstallRequest& request);
  void write_slot(Connection& connection, const std::string& text);
  Result<WrittenSlot*> slot_of(const Connection& connection);
  void take_slot_back();
  void open_booted_slot(Connection& connection);
  void open_slot(Connection& connection, const std::string& name);
  void commit_install(Connection& connection);
  void change(Connection& connection, Operation operation);

  Applier& applier_;
  Descriptor listener_;
  const Clock& clock_;
  PeerRights rights_;
  std::list<Connection> connections_;  // a list: entries stay put while a nested poll accepts others
  std::unique_ptr<WrittenSlot> slot_;  // while an install is written, by
  const Connection* writer_ = nullptr;
  int depth_ = 0;  // above 0: inside a long operation
  bool busy_ = false;
  bool stopping_ = false;
};

}  // namespace dunlin
