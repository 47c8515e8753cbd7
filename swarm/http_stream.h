#pragma once
#include <chrono>
#include <memory>

#include <boost/asio/local/stream_protocol.hpp>

#include "core/base/asio.h"
#include "core/base/bytes.h"
#include "core/base/tls.h"

namespace dunlin {

// One connection's bytes, whatever carries them: TCP, TLS or a Unix socket. Every wait has a limit; when it
// passes, the connection is closed and the call fails with retry_later. One read and one write at a time.
class HttpStream {
 public:
  virtual ~HttpStream() = default;
  // At least one byte, or 0 when the other side has ended its stream properly.
  virtual Task<Result<std::size_t>> read_some(ByteSpan out, std::chrono::milliseconds limit) = 0;
  // All bytes, or a failure.
  virtual Task<Result<void>> write_all(ByteView bytes, std::chrono::milliseconds limit) = 0;
  // Ends our side of the stream so that the other side can tell the end from a cut, then closes.
  virtual Task<> finish() = 0;
  // From now on about so many bytes, and no more, wait in the kernel to be read.
  virtual void limit_waiting(std::size_t bytes) = 0;
  // Closes at once; waiting calls fail.
  virtual void close() = 0;
};

using TcpSocket = asio::ip::tcp::socket;
using UnixSocket = asio::local::stream_protocol::socket;

// `tls` streams have their handshake behind them.
std::unique_ptr<HttpStream> make_stream(TcpSocket socket);
std::unique_ptr<HttpStream> make_stream(UnixSocket socket);
std::unique_ptr<HttpStream> make_stream(std::unique_ptr<TlsSocket> socket);

// Waits for the handshake as client or server; the socket is closed at the limit. The TLS failure's words are
// in the error (retry_later).
Task<Result<void>> shake_hands(TlsSocket& socket, asio::ssl::stream_base::handshake_type side,
                               std::chrono::milliseconds limit);

}  // namespace dunlin
