#include "swarm/http_server.h"

#include <list>

#include "core/base/log.h"
#include "swarm/http_connection.h"
#include "swarm/http_listener.h"

namespace dunlin {

namespace {

constexpr std::chrono::milliseconds handshake_limit{10'000};
constexpr std::chrono::milliseconds accept_pause{100};  // after running out of descriptors

std::string address_of(const TcpSocket& socket) {
  error_code code;
  const auto endpoint = socket.remote_endpoint(code);
  if (code) return {};
  const asio::ip::address address = endpoint.address();
  // A listener on [::] sees IPv4 clients as ::ffff:192.0.2.7.
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  return address.to_string();
}

}  // namespace

struct HttpServer::State {
  State(asio::io_context& context, HttpHandler given, HttpServerLimits allowed)
      : io(context), handler(std::move(given)), limits(allowed) {}

  asio::io_context& io;
  HttpHandler handler;
  HttpServerLimits limits;
  std::list<TcpAcceptor> tcp_acceptors;
  std::list<UnixAcceptor> unix_acceptors;
  std::list<std::function<void()>> closers;  // one for each open connection
  std::uint64_t sent_file_bytes = 0;
  bool closed = false;
  bool bbr_refused = false;

  void want_bbr(TcpSocket& socket) {
    if (bbr_refused || ask_for_bbr(socket.native_handle())) return;
    bbr_refused = true;
    log_warning(
        "the kernel refuses BBR: lossy links will be slow; load it with \"modprobe tcp_bbr\" and allow it in "
        "net.ipv4.tcp_allowed_congestion_control");
  }
};

namespace {

// Holds the server's state so that a connection in flight survives the server object.
template <class State>
Task<> serve_stream(std::shared_ptr<State> state, std::unique_ptr<HttpStream> stream, std::string peer) {
  if (state->closed) co_return;
  HttpStream* const raw = stream.get();
  const auto place = state->closers.insert(state->closers.end(), [raw] { raw->close(); });
  co_await serve_connection(*stream, state->handler, state->limits, peer, state->sent_file_bytes);
  state->closers.erase(place);
}

template <class State>
Task<> serve_tls(std::shared_ptr<State> state, TcpSocket socket, TlsContext tls, std::string peer) {
  // NOLINTNEXTLINE(bugprone-use-after-move): clang-tidy 14 sees a loop where a template is a coroutine
  if (state->closed) co_return;
  auto secure = std::make_unique<TlsSocket>(std::move(socket), *tls);
  TlsSocket* const raw = secure.get();
  const auto place = state->closers.insert(state->closers.end(), [raw] {
    error_code ignored;
    raw->next_layer().close(ignored);
  });
  Result<void> shaken = co_await shake_hands(*secure, asio::ssl::stream_base::server, handshake_limit);
  state->closers.erase(place);
  if (!shaken) {
    log_debug("TLS client refused", {{"peer", peer}, {"error", shaken.error()}});
    co_return;
  }
  std::unique_ptr<HttpStream> stream = make_stream(std::move(secure));
  co_await serve_stream(state, std::move(stream), peer);
}

template <class State, class Acceptor, class Start>
Task<> accept_loop(std::shared_ptr<State> state, Acceptor& acceptor, Start start) {
  asio::steady_timer pause(state->io);
  while (acceptor.is_open()) {
    typename Acceptor::protocol_type::socket socket(state->io);
    error_code code;
    co_await acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, code));
    if (code == asio::error::operation_aborted) co_return;
    if (code) {
      log_warning("cannot accept a connection", {{"error", code.message()}});
      co_await wait_for(pause, accept_pause);
      continue;
    }
    if (state->closers.size() < state->limits.connections_max) start(state, std::move(socket));
  }
}

}  // namespace

HttpServer::HttpServer(asio::io_context& io, HttpHandler handler, HttpServerLimits limits)
    : state_(std::make_shared<State>(io, std::move(handler), limits)) {}

HttpServer::~HttpServer() {
  close();
}

Result<std::uint16_t> HttpServer::listen_tcp(const std::string& address, const std::optional<Tls>& tls) {
  TlsContext context;
  if (tls) {
    Result<TlsContext> made = tls_server_context(tls->certificate_file, tls->key_file);
    if (!made) return fail(std::move(made.error()));
    context = std::move(*made);
  }
  Result<TcpAcceptor> acceptor = open_tcp_listener(state_->io, address);
  if (!acceptor) return fail(std::move(acceptor.error()));
  const std::uint16_t port = acceptor->local_endpoint().port();
  TcpAcceptor& kept = state_->tcp_acceptors.emplace_back(std::move(*acceptor));
  auto start = [context](const std::shared_ptr<State>& state, TcpSocket socket) {
    error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    state->want_bbr(socket);
    const std::string peer = address_of(socket);
    if (context != nullptr) {
      spawn(state->io, serve_tls(state, std::move(socket), context, peer));
    } else {
      std::unique_ptr<HttpStream> stream = make_stream(std::move(socket));
      spawn(state->io, serve_stream(state, std::move(stream), peer));
    }
  };
  spawn(state_->io, accept_loop(state_, kept, start));
  return port;
}

Result<void> HttpServer::listen_unix(const std::string& path, unsigned mode) {
  Result<UnixAcceptor> acceptor = open_unix_listener(state_->io, path, mode);
  if (!acceptor) return fail(std::move(acceptor.error()));
  UnixAcceptor& kept = state_->unix_acceptors.emplace_back(std::move(*acceptor));
  auto start = [](const std::shared_ptr<State>& state, UnixSocket socket) {
    std::unique_ptr<HttpStream> stream = make_stream(std::move(socket));
    spawn(state->io, serve_stream(state, std::move(stream), std::string()));
  };
  spawn(state_->io, accept_loop(state_, kept, start));
  return {};
}

void HttpServer::close() {
  state_->closed = true;
  error_code ignored;
  for (TcpAcceptor& acceptor : state_->tcp_acceptors) acceptor.close(ignored);
  for (UnixAcceptor& acceptor : state_->unix_acceptors) acceptor.close(ignored);
  for (const auto& close_connection : state_->closers) close_connection();
}

std::uint64_t HttpServer::sent_file_bytes() const {
  return state_->sent_file_bytes;
}

}  // namespace dunlin
