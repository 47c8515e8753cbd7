#pragma once
#include <boost/asio/local/stream_protocol.hpp>

#include "core/base/asio.h"

namespace dunlin {

using TcpAcceptor = asio::ip::tcp::acceptor;
using UnixAcceptor = asio::local::stream_protocol::acceptor;

// "0.0.0.0:8443", "[::]:8443", "127.0.0.1:0". usage when it does not parse.
Result<asio::ip::tcp::endpoint> parse_listen_address(const std::string& text);

// usage: the port is taken or the address is not this machine's; device: anything else.
Result<TcpAcceptor> open_tcp_listener(asio::io_context& io, const std::string& address);

// Replaces a stale socket file, gives the new one `mode`. usage: something else is there, or another program
// is listening on it.
Result<UnixAcceptor> open_unix_listener(asio::io_context& io, const std::string& path, unsigned mode);

// Asks the kernel to send with BBR, which keeps a lossy long link full; false when it refuses.
bool ask_for_bbr(int socket);

}  // namespace dunlin
