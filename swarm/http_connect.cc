#include "swarm/http_connect.h"

namespace dunlin {

namespace {

using asio::ip::tcp;
using Endpoints = std::vector<tcp::endpoint>;

// getaddrinfo(3) cannot be interrupted: when it is slow, it is left alone with this state.
struct Lookup {
  explicit Lookup(asio::io_context& io) : resolver(io), done(io) {}
  tcp::resolver resolver;
  asio::steady_timer done;
  bool finished = false;
  error_code code;
  Endpoints endpoints;
};

void start(const std::shared_ptr<Lookup>& lookup, const Url& url) {
  lookup->resolver.async_resolve(url.host, std::to_string(url.port),
                                 [lookup](error_code code, const tcp::resolver::results_type& results) {
                                   lookup->finished = true;
                                   lookup->code = code;
                                   for (const auto& entry : results)
                                     lookup->endpoints.push_back(entry.endpoint());
                                   lookup->done.cancel();
                                 });
}

Task<Result<Endpoints>> look_up(asio::io_context& io, Url url, std::chrono::milliseconds limit) {
  error_code code;
  const asio::ip::address address = asio::ip::make_address(url.host, code);
  if (!code) co_return Endpoints(1, tcp::endpoint(address, url.port));
  auto lookup = std::make_shared<Lookup>(io);
  start(lookup, url);
  co_await wait_for(lookup->done, limit);
  if (!lookup->finished) co_return fail(ErrorKind::retry_later, "no answer from the name service");
  if (lookup->code) co_return fail(ErrorKind::retry_later, "looking up its name: " + lookup->code.message());
  co_return std::move(lookup->endpoints);
}

Task<Result<TcpSocket>> connect_tcp(asio::io_context& io, Endpoints endpoints,
                                    std::chrono::milliseconds limit) {
  Error last{ErrorKind::retry_later, {}, "it has no address"};
  for (const tcp::endpoint& endpoint : endpoints) {
    TcpSocket socket(io);
    Deadline deadline(socket, limit);
    error_code code;
    co_await socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, code));
    deadline.disarm();
    if (!code) {
      socket.set_option(tcp::no_delay(true), code);
      co_return std::move(socket);
    }
    last.cause = code;
    last.message = deadline.has_passed() ? "no answer within " + std::to_string(limit.count() / 1000) + " s"
                                         : code.message();
  }
  co_return fail(std::move(last));
}

Task<Result<std::unique_ptr<HttpStream>>> connect_unix(asio::io_context& io, Url url,
                                                       std::chrono::milliseconds limit) {
  if (url.host.size() >= 108)
    co_return fail(ErrorKind::usage, "the path is longer than a Unix socket's may be");
  UnixSocket socket(io);
  Deadline deadline(socket, limit);
  error_code code;
  const asio::local::stream_protocol::endpoint endpoint(url.host);
  co_await socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, code));
  deadline.disarm();
  if (code) co_return fail(ErrorKind::retry_later, code, "is the program behind it running?");
  co_return make_stream(std::move(socket));
}

Task<Result<std::unique_ptr<HttpStream>>> connect_network(asio::io_context& io, Url url, TlsContext tls,
                                                          std::chrono::milliseconds limit) {
  Result<Endpoints> endpoints = co_await look_up(io, url, limit);
  if (!endpoints) co_return fail(std::move(endpoints.error()));
  Result<TcpSocket> socket = co_await connect_tcp(io, std::move(*endpoints), limit);
  if (!socket) co_return fail(std::move(socket.error()));
  if (url.scheme == UrlScheme::http) co_return make_stream(std::move(*socket));
  auto secure = std::make_unique<TlsSocket>(std::move(*socket), *tls);
  Result<void> expected = expect_host(*secure, url.host);
  if (!expected) co_return fail(std::move(expected.error()));
  Result<void> shaken = co_await shake_hands(*secure, asio::ssl::stream_base::client, limit);
  if (!shaken) co_return fail(std::move(shaken.error()));
  co_return make_stream(std::move(secure));
}

}  // namespace

Task<Result<std::unique_ptr<HttpStream>>> connect_to(asio::io_context& io, Url url, TlsContext tls,
                                                     std::chrono::milliseconds limit) {
  const std::string where =
      "connecting to " + (url.scheme == UrlScheme::unix_socket ? url.host : url.authority());
  if (url.scheme == UrlScheme::unix_socket) {
    Result<std::unique_ptr<HttpStream>> local = co_await connect_unix(io, url, limit);
    if (!local) co_return fail(std::move(local.error()), where);
    co_return local;
  }
  Result<std::unique_ptr<HttpStream>> remote = co_await connect_network(io, url, tls, limit);
  if (!remote) co_return fail(std::move(remote.error()), where);
  co_return remote;
}

}  // namespace dunlin
