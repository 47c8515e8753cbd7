#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/base/asio.h"
#include "core/base/bytes.h"

namespace dunlin {

struct ServerRequest {
  std::string method;
  std::string path;                            // decoded, without query
  std::map<std::string, std::string> query;    // decoded; the last value of a name wins
  std::string raw_query;                       // as sent: trackers need undecoded bytes
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // within the server's limits
  std::string peer_address;                    // "192.0.2.7", empty on Unix sockets
};

struct ServerResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::map<std::string, std::string> headers;
  std::string body;
  // When set, the body is this file; Range requests are honoured (RFC 9110 section 14, single range).
  std::string file_path;
};

using HttpHandler = std::function<Task<ServerResponse>(ServerRequest)>;

// What one server may cost.
struct HttpServerLimits {
  std::size_t connections_max = 512;  // one more is closed at once
  std::chrono::milliseconds idle{60'000};
  std::uint64_t body_size_max = 1u << 20;
};

// HTTP/1.1 server on the event loop: TCP with or without TLS, or a Unix socket. Bounded: header 16 KiB, and
// by its limits. The handler is a coroutine that never throws.
class HttpServer {
 public:
  struct Tls {
    std::string certificate_file, key_file;
  };
  HttpServer(asio::io_context& io, HttpHandler handler, HttpServerLimits limits = {});
  ~HttpServer();

  // "0.0.0.0:8443", "[::]:8443". A taken port fails with usage and says which. Port 0 picks one; returns the
  // port.
  Result<std::uint16_t> listen_tcp(const std::string& address, const std::optional<Tls>& tls);
  // Removes a stale socket file first; the file gets `mode`.
  Result<void> listen_unix(const std::string& path, unsigned mode);
  void close();

  // Bytes of file bodies sent so far (WAN payload as the sender counts it).
  std::uint64_t sent_file_bytes() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace dunlin
