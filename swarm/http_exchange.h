#pragma once
#include "swarm/http_client.h"
#include "swarm/http_stream.h"
#include "swarm/http_url.h"

namespace dunlin {

// What one request on one connection came to.
struct ExchangeOutcome {
  Result<HttpResponse> response;
  bool heard_nothing = false;    // it failed before the first byte of an answer: a kept connection was stale
  bool reusable = false;         // the connection may carry another request
  std::uint64_t body_bytes = 0;  // of the answer's body, also of one that was cut
  // We wanted no more of the body.
  bool cancelled() const { return !response && response.error().kind == ErrorKind::cancelled; }
};

// Checked before anything is sent: method and headers that would break the message are refused (usage).
Result<std::string> format_request(const HttpRequest& request, const Url& url);

// Sends `request_text` and reads the answer. `request` and `stream` must outlive the call.
Task<ExchangeOutcome> exchange(HttpStream& stream, std::string request_text, const HttpRequest& request);

}  // namespace dunlin
