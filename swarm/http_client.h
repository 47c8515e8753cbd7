#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/base/asio.h"
#include "core/base/bytes.h"
#include "swarm/http_proxy.h"

namespace dunlin {

struct HttpRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

struct HttpResponse {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  Bytes body;
};

// Takes a body's bytes as they arrive. False: enough; the connection is closed and the call fails with
// cancelled.
using HttpBodySink = std::function<bool(ByteView)>;

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // http://, https:// or unix:/path/socket:/target
  std::map<std::string, std::string> headers;
  std::optional<HttpRange> range;
  std::string body;
  std::uint64_t body_size_max = 16u << 20;  // of a kept body; a longer one fails with bad_peer
  std::chrono::milliseconds connect_limit{7'000};
  std::chrono::milliseconds idle_limit{10'000};            // no byte for this long: retry_later
  std::optional<std::chrono::milliseconds> total_limit{};  // the whole answer not here by then: retry_later
  int redirects_max = 5;  // followed for GET and HEAD, never from https to http; one more fails with bad_peer
  // When set: called with the bytes of each reading, it says how long to wait before the next one, of at most
  // `portion` bytes.
  std::function<std::chrono::milliseconds(std::uint64_t)> pace;
  std::uint64_t portion = ~std::uint64_t{0};
  // Called when the head of an answer with a body is there. The body goes to what it returns, and none is in
  // the response then; when that is empty, the body is kept as usual.
  std::function<HttpBodySink(const HttpResponse& head)> on_head;
};

// HTTP/1.1 over TCP, TLS (server verified against `ca_file`, TLS 1.2+, host name checked) or a Unix socket.
// Connections are kept and reused per host; one request at a time on each. On the event loop only.
class HttpClient {
 public:
  // `ca_file`: PEM, or empty for the system's store.
  HttpClient(asio::io_context& io, std::string ca_file, HttpProxies proxies = {});
  ~HttpClient();

  // Transport failures: retry_later. Any complete answer, also 404 or 503, is a value.
  Task<Result<HttpResponse>> send(HttpRequest request);

  // Interfaces or addresses of this machine changed: connections that are kept lead nowhere, use none of
  // them.
  void forget_connections();

  // Bytes of answers' bodies so far, all hosts.
  std::uint64_t received_body_bytes() const;

 private:
  struct State;
  static Task<Result<HttpResponse>> send_once(std::shared_ptr<State> state, const HttpRequest& request);
  std::shared_ptr<State> state_;
};

}  // namespace dunlin
