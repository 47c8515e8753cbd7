#include "swarm/beacon_socket.h"

#include <array>
#include <charconv>
#include <netinet/in.h>
#include <set>
#include <sys/socket.h>

#include <boost/asio/ip/v6_only.hpp>

#include "core/base/log.h"
#include "swarm/beacon.h"
#include "swarm/network_interfaces.h"

namespace dunlin {

namespace {

using udp = asio::ip::udp;

struct Neighbour {
  std::string host;
  std::string port;
  std::vector<udp::endpoint> endpoints;
};

// "host", "host:port", "[v6]:port".
Result<Neighbour> parse_neighbour(const std::string& text, std::uint16_t default_port) {
  Neighbour out{text, std::to_string(default_port), {}};
  const std::size_t colon = text.rfind(':');
  const bool bracketed = text.starts_with('[');
  if (bracketed || (colon != std::string::npos && text.find(':') == colon)) {
    if (colon == std::string::npos || (bracketed && text[colon - 1] != ']'))
      return fail(ErrorKind::usage, "peer '" + text + "' is not host:port");
    out.host = bracketed ? text.substr(1, colon - 2) : text.substr(0, colon);
    out.port = text.substr(colon + 1);
  }
  unsigned port = 0;
  const auto [end, code] = std::from_chars(out.port.data(), out.port.data() + out.port.size(), port);
  if (out.host.empty() || code != std::errc() || end != out.port.data() + out.port.size() || port == 0 ||
      port > 65535)
    return fail(ErrorKind::usage, "peer '" + text + "' is not host:port");
  return out;
}

void join(udp::socket& socket, const asio::ip::address& group, unsigned interface_index) {
  // A failure means: already joined, or the interface went away in this moment. Both mend themselves.
  if (group.is_v4()) {
    ip_mreqn request{};
    request.imr_multiaddr.s_addr = htonl(group.to_v4().to_uint());
    request.imr_ifindex = static_cast<int>(interface_index);
    ::setsockopt(socket.native_handle(), IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request);
    return;
  }
  ipv6_mreq request{};
  const auto bytes = group.to_v6().to_bytes();
  std::copy(bytes.begin(), bytes.end(), request.ipv6mr_multiaddr.s6_addr);
  request.ipv6mr_interface = interface_index;
  ::setsockopt(socket.native_handle(), IPPROTO_IPV6, IPV6_JOIN_GROUP, &request, sizeof request);
}

bool choose_interface(udp::socket& socket, bool is_v6, unsigned interface_index) {
  if (is_v6)
    return ::setsockopt(socket.native_handle(), IPPROTO_IPV6, IPV6_MULTICAST_IF, &interface_index,
                        sizeof interface_index) == 0;
  ip_mreqn request{};
  request.imr_ifindex = static_cast<int>(interface_index);
  return ::setsockopt(socket.native_handle(), IPPROTO_IP, IP_MULTICAST_IF, &request, sizeof request) == 0;
}

Result<asio::ip::address> parse_address(const std::string& text, const char* what) {
  error_code code;
  asio::ip::address address = asio::ip::make_address(text, code);
  if (code) return fail(ErrorKind::usage, std::string(what) + " '" + text + "' is not an IP address");
  return address;
}

Result<asio::ip::address> parse_group(const std::string& text) {
  Result<asio::ip::address> group = parse_address(text, "beacon_group");
  if (group && !group->is_multicast())
    return fail(ErrorKind::usage, "beacon_group '" + text + "' is not a multicast address");
  return group;
}

}  // namespace

struct BeaconSocket::State : std::enable_shared_from_this<State> {
  // One protocol's socket with the group it speaks to, if any.
  struct Side {
    explicit Side(asio::io_context& io) : socket(io) {}
    udp::socket socket;
    std::optional<asio::ip::address> group;
    std::set<unsigned> joined;
    udp::endpoint sender;
    std::array<std::uint8_t, 1500> buffer{};
  };

  State(asio::io_context& context, BeaconSocketOptions given, Handler given_handler)
      : io(context), options(std::move(given)), handler(std::move(given_handler)), v4(context), v6(context) {}

  Result<void> open_side(Side& side, const asio::ip::address& address) {
    error_code code;
    const udp::endpoint local(address, options.port);
    side.socket.open(local.protocol(), code);
    if (!code && address.is_v6()) side.socket.set_option(asio::ip::v6_only(true), code);
    if (!code) side.socket.set_option(asio::socket_base::reuse_address(true), code);
    if (!code) side.socket.bind(local, code);
    if (!code) side.socket.non_blocking(true, code);
    if (!code) return {};
    error_code ignored;
    side.socket.close(ignored);
    return fail(ErrorKind::usage, "listening for beacons on port " + std::to_string(options.port) + ": " +
                                      code.message() + "; choose another beacon_port");
  }

  Side& side_for(const asio::ip::address& address) { return address.is_v6() ? v6 : v4; }

  void receive(Side& side) {
    if (!side.socket.is_open()) return;
    side.socket.async_receive_from(asio::buffer(side.buffer), side.sender,
                                   [self = shared_from_this(), &side](error_code code, std::size_t size) {
                                     if (code == asio::error::operation_aborted || !side.socket.is_open())
                                       return;
                                     if (!code && self->handler)
                                       self->handler(ByteView(side.buffer).first(size),
                                                     side.sender.address());
                                     self->receive(side);
                                   });
  }

  void send(Side& side, const udp::endpoint& to, ByteView datagram) {
    error_code ignored;
    if (side.socket.is_open())
      side.socket.send_to(asio::buffer(datagram.data(), datagram.size()), to, 0, ignored);
  }

  void send_to_group(Side& side, ByteView datagram) {
    if (!side.group) return;
    for (const unsigned index : side.joined) {
      if (choose_interface(side.socket, side.group->is_v6(), index))
        send(side, udp::endpoint(*side.group, options.port), datagram);
    }
  }

  void rejoin(Side& side, const std::vector<InterfaceAddress>& found) {
    if (!side.group || !side.socket.is_open()) return;
    std::set<unsigned> present;
    for (const InterfaceAddress& each : found) {
      if (each.can_multicast && !each.is_loopback && each.is_v6 == side.group->is_v6())
        present.insert(each.index);
    }
    for (const unsigned index : present) join(side.socket, *side.group, index);
    side.joined = std::move(present);
  }

  // Literal addresses resolve to themselves without asking anyone.
  Task<> resolve_neighbours(std::shared_ptr<State> self) {
    udp::resolver resolver(io);
    asio::steady_timer timer(io);
    while (!self->closed) {
      for (Neighbour& each : self->neighbours) {
        error_code code;
        auto found = co_await resolver.async_resolve(each.host, each.port,
                                                     asio::redirect_error(asio::use_awaitable, code));
        if (code) continue;
        each.endpoints.clear();
        for (const auto& entry : found) each.endpoints.push_back(entry.endpoint());
      }
      co_await wait_for(timer, std::chrono::seconds(60));
    }
  }

  asio::io_context& io;
  BeaconSocketOptions options;
  Handler handler;
  Side v4;
  Side v6;
  std::vector<Neighbour> neighbours;
  std::vector<InterfaceAddress> interfaces;
  bool closed = false;
};

Result<std::unique_ptr<BeaconSocket>> BeaconSocket::open(asio::io_context& io, BeaconSocketOptions options,
                                                         Handler handler) {
  auto state = std::make_shared<State>(io, std::move(options), std::move(handler));
  const BeaconSocketOptions& wanted = state->options;
  for (const std::string& text : wanted.neighbours) {
    Result<Neighbour> neighbour = parse_neighbour(text, wanted.port);
    if (!neighbour) return fail(std::move(neighbour.error()));
    error_code not_literal;
    const auto address = asio::ip::make_address(neighbour->host, not_literal);
    if (!not_literal)
      neighbour->endpoints.emplace_back(address, static_cast<std::uint16_t>(std::stoul(neighbour->port)));
    state->neighbours.push_back(std::move(*neighbour));
  }
  asio::ip::address local = asio::ip::address_v4::any();
  if (!wanted.bind_address.empty()) {
    Result<asio::ip::address> given = parse_address(wanted.bind_address, "bind_address");
    if (!given) return fail(std::move(given.error()));
    local = *given;
  } else {
    for (const std::string& text : {wanted.group, wanted.group6}) {
      if (text.empty()) continue;
      Result<asio::ip::address> group = parse_group(text);
      if (!group) return fail(std::move(group.error()));
      state->side_for(*group).group = *group;
    }
  }
  Result<void> opened = state->open_side(state->side_for(local), local);
  if (!opened) return fail(std::move(opened.error()));
  if (wanted.bind_address.empty()) {
    opened = state->open_side(state->v6, asio::ip::address_v6::any());
    if (!opened) log_info("no beacons over IPv6", {{"reason", opened.error()}});
  }
  state->receive(state->v4);
  state->receive(state->v6);
  std::unique_ptr<BeaconSocket> socket(new BeaconSocket(state));
  socket->refresh();
  if (!state->neighbours.empty()) spawn(io, state->resolve_neighbours(state));
  return socket;
}

BeaconSocket::~BeaconSocket() {
  close();
}

void BeaconSocket::send(ByteView to_groups, ByteView to_neighbours, Groups groups) {
  state_->send_to_group(state_->v4, to_groups);
  if (groups == Groups::all || state_->v4.joined.empty()) state_->send_to_group(state_->v6, to_groups);
  for (const Neighbour& each : state_->neighbours) {
    for (const udp::endpoint& endpoint : each.endpoints)
      state_->send(state_->side_for(endpoint.address()), endpoint, to_neighbours);
  }
}

void BeaconSocket::send_to(const asio::ip::address& address, ByteView datagram) {
  state_->send(state_->side_for(address), udp::endpoint(address, state_->options.port), datagram);
}

bool BeaconSocket::refresh() {
  std::vector<InterfaceAddress> now = network_interfaces();
  if (now == state_->interfaces) return false;
  state_->interfaces = std::move(now);
  state_->rejoin(state_->v4, state_->interfaces);
  state_->rejoin(state_->v6, state_->interfaces);
  return true;
}

void BeaconSocket::close() {
  state_->closed = true;
  state_->handler = nullptr;
  error_code ignored;
  state_->v4.socket.close(ignored);
  state_->v6.socket.close(ignored);
}

}  // namespace dunlin
