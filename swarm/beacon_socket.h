#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/asio.h"
#include "core/base/bytes.h"

namespace dunlin {

struct BeaconSocketOptions {
  std::string bind_address;  // empty: every interface; else no multicast, neighbours only
  std::uint16_t port = 0;
  std::string group;                    // IPv4 multicast; empty: none
  std::string group6;                   // IPv6 multicast; empty: none
  std::vector<std::string> neighbours;  // "host" or "host:port"; names are looked up again every minute
};

// Sends and receives datagrams for discovery: multicast on every interface that can, and to the neighbours
// given by name. Joins again when interfaces come and go. On the loop only.
class BeaconSocket {
 public:
  using Handler = std::function<void(ByteView, const asio::ip::address&)>;

  // usage: an address or group makes no sense, or the port is taken. Without IPv6 it goes on with IPv4.
  static Result<std::unique_ptr<BeaconSocket>> open(asio::io_context& io, BeaconSocketOptions options,
                                                    Handler handler);
  ~BeaconSocket();

  enum class Groups {
    all,
    one,  // that of IPv4; that of IPv6 only where there is no other
  };
  // To everyone: one datagram to the groups, another one to the neighbours. Failures are dropped: another
  // one follows.
  void send(ByteView to_groups, ByteView to_neighbours, Groups groups);
  // To one that was heard, or that the tracker knows.
  void send_to(const asio::ip::address& address, ByteView datagram);
  // Looks at the interfaces; true when they have changed since the last call.
  bool refresh();
  void close();

 private:
  struct State;
  explicit BeaconSocket(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace dunlin
