#include "swarm/http_stream.h"

#include <boost/asio/write.hpp>

namespace dunlin {

namespace {

constexpr std::chrono::milliseconds finish_limit{2'000};
constexpr std::size_t drain_bytes_max = 4u << 20;

tl::unexpected<Error> connection_failure(const error_code& code, bool timed_out,
                                         std::chrono::milliseconds limit) {
  if (timed_out)
    return fail(ErrorKind::retry_later, "nothing moved for " + std::to_string(limit.count() / 1000) + " s");
  return fail(ErrorKind::retry_later, "connection lost: " + code.message());
}

template <class Stream>
struct Lowest {
  static Stream& of(Stream& stream) { return stream; }
};
template <>
struct Lowest<TlsSocket> {
  static TcpSocket& of(TlsSocket& stream) { return stream.next_layer(); }
};

template <class Stream>
class StreamOver final : public HttpStream {
 public:
  explicit StreamOver(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}

  Task<Result<std::size_t>> read_some(ByteSpan out, std::chrono::milliseconds limit) override {
    Deadline deadline(socket(), limit);
    error_code code;
    const asio::mutable_buffer buffer(out.data(), out.size());
    const std::size_t count =
        co_await stream_->async_read_some(buffer, asio::redirect_error(asio::use_awaitable, code));
    if (code == asio::error::eof) co_return std::size_t{0};
    if (code) co_return connection_failure(code, deadline.has_passed(), limit);
    co_return count;
  }

  Task<Result<void>> write_all(ByteView bytes, std::chrono::milliseconds limit) override {
    Deadline deadline(socket(), limit);
    error_code code;
    const asio::const_buffer buffer(bytes.data(), bytes.size());
    co_await asio::async_write(*stream_, buffer, asio::redirect_error(asio::use_awaitable, code));
    if (code) co_return connection_failure(code, deadline.has_passed(), limit);
    co_return Result<void>();
  }

  // Closing with unread bytes would reset the connection and destroy the answer on its way, so what still
  // comes is read and dropped, up to a bound.
  Task<> finish() override {
    Deadline deadline(socket(), finish_limit);
    error_code code;
    co_await say_end(code);
    Bytes dropped(16 * 1024);
    std::size_t total = 0;
    while (!code && total < drain_bytes_max) {
      const asio::mutable_buffer buffer(dropped.data(), dropped.size());
      const std::size_t count =
          co_await socket().async_read_some(buffer, asio::redirect_error(asio::use_awaitable, code));
      total += count;
    }
    close();
  }

  void limit_waiting(std::size_t bytes) override {
    error_code ignored;
    socket().set_option(asio::socket_base::receive_buffer_size(static_cast<int>(bytes)), ignored);
  }

  void close() override {
    error_code ignored;
    socket().close(ignored);
  }

 private:
  auto& socket() { return Lowest<Stream>::of(*stream_); }

  Task<> say_end(error_code& code) {
    if constexpr (std::is_same_v<Stream, TlsSocket>) {
      co_await stream_->async_shutdown(asio::redirect_error(asio::use_awaitable, code));
    }
    if (!code) socket().shutdown(asio::socket_base::shutdown_send, code);
    co_return;
  }

  std::unique_ptr<Stream> stream_;
};

}  // namespace

std::unique_ptr<HttpStream> make_stream(TcpSocket socket) {
  return std::make_unique<StreamOver<TcpSocket>>(std::make_unique<TcpSocket>(std::move(socket)));
}

std::unique_ptr<HttpStream> make_stream(UnixSocket socket) {
  return std::make_unique<StreamOver<UnixSocket>>(std::make_unique<UnixSocket>(std::move(socket)));
}

std::unique_ptr<HttpStream> make_stream(std::unique_ptr<TlsSocket> socket) {
  return std::make_unique<StreamOver<TlsSocket>>(std::move(socket));
}

Task<Result<void>> shake_hands(TlsSocket& socket, asio::ssl::stream_base::handshake_type side,
                               std::chrono::milliseconds limit) {
  Deadline deadline(socket.next_layer(), limit);
  error_code code;
  co_await socket.async_handshake(side, asio::redirect_error(asio::use_awaitable, code));
  if (!code) co_return Result<void>();
  if (deadline.has_passed())
    co_return fail(ErrorKind::retry_later,
                   "no TLS handshake within " + std::to_string(limit.count() / 1000) + " s");
  const std::string why = verification_failure(socket);
  co_return fail(ErrorKind::retry_later, "TLS handshake failed: " + (why.empty() ? code.message() : why));
}

}  // namespace dunlin
