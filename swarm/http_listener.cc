#include "swarm/http_listener.h"

#include <charconv>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dunlin {

namespace {

using asio::ip::tcp;

tl::unexpected<Error> listen_failure(const error_code& code, const std::string& address) {
  if (code == asio::error::address_in_use)
    return fail(ErrorKind::usage, "cannot listen on " + address +
                                      ": the port is in use by another program; stop it or choose "
                                      "another port");
  if (code.value() == EADDRNOTAVAIL)
    return fail(ErrorKind::usage,
                "cannot listen on " + address + ": this machine does not have that address");
  if (code == asio::error::access_denied)
    return fail(ErrorKind::usage, "cannot listen on " + address + ": ports below 1024 need more rights");
  return fail(ErrorKind::device, code, "cannot listen on " + address);
}

bool someone_listens(asio::io_context& io, const std::string& path) {
  asio::local::stream_protocol::socket probe(io);
  error_code code;
  probe.connect(asio::local::stream_protocol::endpoint(path), code);
  return !code;
}

Result<void> remove_stale(asio::io_context& io, const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return {};
  if (!S_ISSOCK(info.st_mode))
    return fail(ErrorKind::usage, path + " exists and is not a socket; remove it or choose another path");
  if (someone_listens(io, path))
    return fail(ErrorKind::usage, "another program is already listening on " + path);
  if (::unlink(path.c_str()) != 0) return fail_errno(ErrorKind::device, "removing " + path);
  return {};
}

}  // namespace

Result<tcp::endpoint> parse_listen_address(const std::string& text) {
  const auto refuse = [&text] {
    return fail(ErrorKind::usage,
                "\"" + text + "\" is not an address to listen on; write 0.0.0.0:8443 or [::]:8443");
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return refuse();
  std::string host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  error_code code;
  const asio::ip::address address = asio::ip::make_address(host, code);
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [stop, bad] = std::from_chars(text.data() + colon + 1, end, port);
  if (code || bad != std::errc() || stop != end) return refuse();
  return tcp::endpoint(address, port);
}

Result<TcpAcceptor> open_tcp_listener(asio::io_context& io, const std::string& address) {
  Result<tcp::endpoint> endpoint = parse_listen_address(address);
  if (!endpoint) return fail(std::move(endpoint.error()));
  TcpAcceptor acceptor(io);
  error_code code;
  acceptor.open(endpoint->protocol(), code);
  if (!code) acceptor.set_option(tcp::acceptor::reuse_address(true), code);
  if (!code) acceptor.bind(*endpoint, code);
  if (!code) acceptor.listen(asio::socket_base::max_listen_connections, code);
  if (code) return listen_failure(code, address);
  return acceptor;
}

Result<UnixAcceptor> open_unix_listener(asio::io_context& io, const std::string& path, unsigned mode) {
  if (path.size() >= 108)
    return fail(ErrorKind::usage, path + " is too long for a Unix socket (at most 107 bytes)");
  Result<void> removed = remove_stale(io, path);
  if (!removed) return fail(std::move(removed.error()));
  UnixAcceptor acceptor(io);
  error_code code;
  acceptor.open({}, code);
  if (!code) acceptor.bind(asio::local::stream_protocol::endpoint(path), code);
  if (code) return fail(ErrorKind::device, code, "cannot listen on " + path);
  // Between bind and listen nobody can connect, so the mode is right before the first client.
  if (::chmod(path.c_str(), mode) != 0) return fail_errno(ErrorKind::device, "setting the mode of " + path);
  acceptor.listen(asio::socket_base::max_listen_connections, code);
  if (code) return fail(ErrorKind::device, code, "cannot listen on " + path);
  return acceptor;
}

bool ask_for_bbr(int socket) {
  return ::setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, "bbr", 3) == 0;
}

}  // namespace dunlin
