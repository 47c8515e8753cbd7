#include "swarm/http_connect.h"

#include <array>

#include <boost/asio/write.hpp>

namespace dunlin {

namespace {

using asio::ip::tcp;
using Endpoints = std::vector<tcp::endpoint>;

constexpr std::size_t proxy_answer_max = 16 * 1024;

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

// Reads no further than the proxy's answer: behind it, the server speaks only when it is spoken to.
Task<std::string> ask_proxy(TcpSocket& socket, std::string request, error_code& code) {
  const asio::const_buffer out(request.data(), request.size());
  co_await asio::async_write(socket, out, asio::redirect_error(asio::use_awaitable, code));
  std::string answer;
  while (!code && answer.find("\r\n\r\n") == std::string::npos && answer.size() < proxy_answer_max) {
    std::array<char, 1024> part{};
    const asio::mutable_buffer in(part.data(), part.size());
    const std::size_t count =
        co_await socket.async_read_some(in, asio::redirect_error(asio::use_awaitable, code));
    answer.append(part.data(), count);
  }
  co_return answer;
}

Task<Result<void>> open_tunnel(TcpSocket& socket, Url url, std::chrono::milliseconds limit) {
  Deadline deadline(socket, limit);
  error_code code;
  std::string request = "CONNECT " + url.authority() + " HTTP/1.1\r\nHost: " + url.authority() + "\r\n\r\n";
  const std::string answer = co_await ask_proxy(socket, std::move(request), code);
  deadline.disarm();
  if (deadline.has_passed()) co_return fail(ErrorKind::retry_later, "the proxy does not answer");
  if (code) co_return fail(ErrorKind::retry_later, code, "the proxy hung up");
  if (answer.starts_with("HTTP/1.1 2") || answer.starts_with("HTTP/1.0 2")) co_return Result<void>();
  const std::string status = answer.starts_with("HTTP/1.") ? answer.substr(8, 4) : " no HTTP";
  co_return fail(ErrorKind::retry_later, "the proxy refuses, it answers" + status);
}

Task<Result<std::unique_ptr<HttpStream>>> connect_network(asio::io_context& io, Url url,
                                                          std::optional<Url> proxy, TlsContext tls,
                                                          std::chrono::milliseconds limit) {
  const Url first = proxy.value_or(url);
  Result<Endpoints> endpoints = co_await look_up(io, first, limit);
  if (!endpoints) co_return fail(std::move(endpoints.error()));
  Result<TcpSocket> socket = co_await connect_tcp(io, std::move(*endpoints), limit);
  if (!socket) co_return fail(std::move(socket.error()));
  if (url.scheme == UrlScheme::http) co_return make_stream(std::move(*socket));
  if (proxy) {
    Result<void> opened = co_await open_tunnel(*socket, url, limit);
    if (!opened) co_return fail(std::move(opened.error()));
  }
  auto secure = std::make_unique<TlsSocket>(std::move(*socket), *tls);
  Result<void> expected = expect_host(*secure, url.host);
  if (!expected) co_return fail(std::move(expected.error()));
  Result<void> shaken = co_await shake_hands(*secure, asio::ssl::stream_base::client, limit);
  if (!shaken) co_return fail(std::move(shaken.error()));
  co_return make_stream(std::move(secure));
}

}  // namespace

Task<Result<std::unique_ptr<HttpStream>>> connect_to(asio::io_context& io, Url url, std::optional<Url> proxy,
                                                     TlsContext tls, std::chrono::milliseconds limit) {
  const std::string where = "connecting to " +
                            (url.scheme == UrlScheme::unix_socket ? url.host : url.authority()) +
                            (proxy ? " through the proxy " + proxy->authority() : std::string());
  if (url.scheme == UrlScheme::unix_socket) {
    Result<std::unique_ptr<HttpStream>> local = co_await connect_unix(io, url, limit);
    if (!local) co_return fail(std::move(local.error()), where);
    co_return local;
  }
  Result<std::unique_ptr<HttpStream>> remote = co_await connect_network(io, url, proxy, tls, limit);
  if (!remote) co_return fail(std::move(remote.error()), where);
  co_return remote;
}

}  // namespace dunlin
