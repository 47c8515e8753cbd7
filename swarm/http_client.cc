#include "swarm/http_client.h"

#include "swarm/http_connect.h"
#include "swarm/http_exchange.h"
#include "swarm/http_redirect.h"

namespace dunlin {

namespace {

constexpr std::size_t idle_per_host_max = 8;

// Doing these twice is doing them once (RFC 9110 section 9.2.2), so a stale kept connection may be retried.
bool is_idempotent(const std::string& method) {
  return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE";
}

std::string pool_key(const Url& url) {
  switch (url.scheme) {
    case UrlScheme::http:
      return "http " + url.authority();
    case UrlScheme::https:
      return "https " + url.authority();
    case UrlScheme::unix_socket:
      return "unix " + url.host;
  }
  return {};
}

}  // namespace

struct HttpClient::State {
  State(asio::io_context& context, std::string file, HttpProxies given)
      : io(context), ca_file(std::move(file)), proxies(std::move(given)) {}

  asio::io_context& io;
  std::string ca_file;
  HttpProxies proxies;
  TlsContext tls;  // read from ca_file at the first https request
  std::map<std::string, std::vector<std::unique_ptr<HttpStream>>> idle;
  std::uint64_t received_body_bytes = 0;

  Result<void> prepare_tls(const Url& url) {
    if (url.scheme != UrlScheme::https || tls != nullptr) return {};
    Result<TlsContext> context = tls_client_context(ca_file);
    if (!context) return fail(std::move(context.error()));
    tls = std::move(*context);
    return {};
  }

  std::unique_ptr<HttpStream> take_idle(const std::string& key) {
    const auto found = idle.find(key);
    if (found == idle.end() || found->second.empty()) return nullptr;
    std::unique_ptr<HttpStream> stream = std::move(found->second.back());
    found->second.pop_back();
    return stream;
  }

  void keep(const std::string& key, std::unique_ptr<HttpStream> stream) {
    auto& streams = idle[key];
    if (streams.size() < idle_per_host_max) streams.push_back(std::move(stream));
  }
};

namespace {

// As a proxy wants it: an http request names the whole URL (RFC 9112 section 3.2.2); https goes through a
// tunnel, and is as always.
Url named_whole(Url url) {
  if (url.scheme == UrlScheme::http) url.target.insert(0, "http://" + url.authority());
  return url;
}

// What a Deadline closes.
struct Closable {
  asio::io_context& io;
  HttpStream& stream;
  auto get_executor() { return io.get_executor(); }
  void close(error_code& ignored) {
    ignored = {};
    stream.close();
  }
};

Error with_url(Error error, const HttpRequest& request) {
  error.message = request.method + " " + request.url + ": " + error.message;
  return error;
}

}  // namespace

HttpClient::HttpClient(asio::io_context& io, std::string ca_file, HttpProxies proxies)
    : state_(std::make_shared<State>(io, std::move(ca_file), std::move(proxies))) {}

HttpClient::~HttpClient() {
  state_->idle.clear();
}

void HttpClient::forget_connections() {
  state_->idle.clear();
}

std::uint64_t HttpClient::received_body_bytes() const {
  return state_->received_body_bytes;
}

Task<Result<HttpResponse>> HttpClient::send(HttpRequest request) {
  const std::shared_ptr<State> state = state_;  // the client may be destroyed while this waits
  for (int followed = 0;; ++followed) {
    Result<HttpResponse> answer = co_await send_once(state, request);
    if (!answer) co_return answer;
    Result<std::optional<HttpRequest>> next = redirected(request, *answer);
    if (!next) co_return fail(with_url(std::move(next.error()), request));
    if (!*next) co_return answer;
    if (followed == request.redirects_max)
      co_return fail(with_url(Error{ErrorKind::bad_peer, {}, "redirected too often"}, request));
    request = std::move(**next);
  }
}

// `request` outlives the call.
Task<Result<HttpResponse>> HttpClient::send_once(std::shared_ptr<State> state, const HttpRequest& request) {
  Result<Url> url = parse_url(request.url);
  if (!url) co_return fail(std::move(url.error()));
  const std::optional<Url> proxy = proxy_for(*url, state->proxies);
  Result<std::string> text = format_request(request, proxy ? named_whole(*url) : *url);
  if (!text) co_return fail(with_url(std::move(text.error()), request));
  Result<void> ready = state->prepare_tls(*url);
  if (!ready) co_return fail(with_url(std::move(ready.error()), request));

  const std::string key = pool_key(*url);
  std::unique_ptr<HttpStream> stream;
  if (is_idempotent(request.method)) stream = state->take_idle(key);
  while (true) {
    const bool reused = stream != nullptr;
    if (!reused) {
      Result<std::unique_ptr<HttpStream>> fresh =
          co_await connect_to(state->io, *url, proxy, state->tls, request.connect_limit);
      if (!fresh) co_return fail(with_url(std::move(fresh.error()), request));
      stream = std::move(*fresh);
    }
    Closable closable{state->io, *stream};
    std::optional<Deadline> deadline;
    if (request.total_limit) deadline.emplace(closable, *request.total_limit);
    ExchangeOutcome outcome = co_await exchange(*stream, *text, request);
    if (deadline && deadline->has_passed() && !outcome.response)
      outcome.response = fail(ErrorKind::retry_later, "the answer took too long");
    deadline.reset();
    state->received_body_bytes += outcome.body_bytes;
    if (!outcome.response && reused && outcome.heard_nothing) {
      stream = nullptr;
      continue;
    }
    // Kept connections that are older than the failure are as dead, and would be waited for one by one.
    if (!outcome.response && !outcome.cancelled()) state->idle.erase(key);
    if (!outcome.response) co_return fail(with_url(std::move(outcome.response.error()), request));
    if (outcome.reusable) state->keep(key, std::move(stream));
    co_return std::move(outcome.response);
  }
}

}  // namespace dunlin
