#pragma once
#include <list>

#include "applier/applier.h"
#include "applier/client/protocol.h"
#include "applier/client/unix_channel.h"

namespace dunlin {

// Answers on the local socket, on one thread (docs/decisions/0006-applier-one-thread.md): while a long
// operation runs, its callback comes back here, where status and the opening of slots for reading are
// answered and everything else is told to come again later.
class ApplierService {
 public:
  ApplierService(Applier& applier, Descriptor listener) : applier_(applier), listener_(std::move(listener)) {}

  // Resumes the trial, then serves until `stop` (readable) says so.
  void run(int stop);

 private:
  struct Connection {
    UnixChannel channel;
    bool closed = false;
  };
  static constexpr std::size_t connections_max = 8;

  void poll_once(int stop, int timeout_ms);
  void breathe() { poll_once(-1, 0); }
  void accept_one();
  void read_from(Connection& connection);
  void handle(Connection& connection, const std::string& text);
  void reply(Connection& connection, const Reply& reply, int descriptor = -1);
  void reply(Connection& connection, Result<void> result);
  void begin_install(Connection& connection, const InstallRequest& request);
  void open_booted_slot(Connection& connection);
  void open_slot(Connection& connection, const std::string& name);
  void commit_install(Connection& connection);
  void change(Connection& connection, Operation operation);

  Applier& applier_;
  Descriptor listener_;
  std::list<Connection> connections_;  // a list: entries stay put while a nested poll accepts others
  int depth_ = 0;                      // above 0: inside a long operation
  bool busy_ = false;
  bool stopping_ = false;
};

}  // namespace dunlin
